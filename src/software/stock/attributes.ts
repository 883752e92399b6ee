export * from "../../model/attributes.ts";
