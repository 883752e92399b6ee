export * from "../../model/service-state.ts";
