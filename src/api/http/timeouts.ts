import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Task } from "../../model/task.ts";
import { types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";

/**
 * How long a request waits for a task, in milliseconds, as Brooklyn's `timeout` parameter says it: nothing, `never` and `forever` mean to the end,
 * `always` and `0` not at all.
 * @throws ClockerError `invalid-request`.
 */
export function waitOf(timeout: string | undefined, absent: number): number {
  if (timeout === undefined || timeout.trim() === "") return absent;
  const text = timeout.trim().toLowerCase();
  if (text === "always") return 0;
  if (text === "never") return Infinity;
  try {
    return Math.max(0, types.duration.coerce(text));
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    throw new ClockerError("invalid-request", `Invalid timeout "${timeout}": expected ${error.expected}`);
  }
}

/** Waits until the task has ended or the time has passed. Resolves with whether it ended. */
export async function waitFor(task: Task, ms: number, clock: Clock): Promise<boolean> {
  if (task.isEnded || ms <= 0) return task.isEnded;
  // Longer than timers can wait counts as without end.
  if (ms > 2_000_000_000) {
    await task.ended;
    return true;
  }
  const alarm = Promise.withResolvers<void>();
  const cancel = clock.after(ms, alarm.resolve);
  await Promise.race([task.ended, alarm.promise]);
  cancel();
  return task.isEnded;
}
