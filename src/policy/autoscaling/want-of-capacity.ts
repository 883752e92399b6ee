import { ClockerError } from "../../model/errors.ts";

/** Whether a resize failed because there is no room for more. */
export function isForWantOfCapacity(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    if (current instanceof ClockerError && (current.code === "no-capacity" || current.code === "no-machine")) return true;
    current = current.cause;
  }
  return false;
}
