import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";

/** Timers of a computer reach no further than some weeks: milliseconds. */
const SLICE = 86_400_000;

/** Calls `work` at a time however far away, at once when it is past. Returns the way to stop. */
export function at(clock: Clock, time: number, work: () => void): () => void {
  let cancel: () => void = () => {};
  const wait = (): void => {
    const left = time - clock.now();
    cancel = left > SLICE ? clock.after(SLICE, wait) : clock.after(Math.max(0, left), work);
  };
  if (time < Infinity) wait();
  return () => cancel();
}

/**
 * When a time of day comes next, by the server's time zone: `18:00:00` or `18:00`; `now` and `immediately` are now; a date with a time, or
 * milliseconds since the epoch, are themselves.
 * @throws ClockerError `invalid-value`
 */
export function nextTime(text: string, now: number): number {
  const word = text.trim();
  if (/^(now|immediately)$/i.test(word)) return now;
  const [, hours, minutes, seconds = "0"] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(word) ?? [];
  if (hours !== undefined && minutes !== undefined && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60) {
    const time = new Date(now);
    time.setHours(Number(hours), Number(minutes), Number(seconds), 0);
    if (time.getTime() < now) time.setDate(time.getDate() + 1);
    return time.getTime();
  }
  const date = /^\d{9,15}$/.test(word) ? Number(word) : Date.parse(word);
  if (Number.isNaN(date)) throw new ClockerError("invalid-value", `Cannot use "${text}" as a time: expected HH:mm:ss, now, or a date with a time`);
  return date;
}
