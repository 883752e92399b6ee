import type { Clock } from "../../model/clock.ts";
import { missing } from "./missing.ts";

/** Brooklyn's `workflow.util.*`. */
export function utility(name: string, clock: Clock): unknown {
  const iso = new Date(clock.now()).toISOString();
  switch (name) {
    case "now":
      return clock.now();
    case "now_utc":
    case "now_instant":
    case "now_iso":
      return iso;
    case "now_nice":
      return iso.replace("T", " ").replace(/\.\d+Z$/, "");
    case "now_stamp":
      return iso.replaceAll(/[-:]/g, "").replace("T", "-").replace(/\.(\d+)Z$/, "-$1");
    case "random":
      return Math.random();
    default:
      return missing;
  }
}
