export * from "../../model/poll.ts";
