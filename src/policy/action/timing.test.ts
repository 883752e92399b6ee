import { expect, test } from "vitest";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { at, nextTime } from "./timing.ts";

const noon = new Date(2026, 2, 10, 12, 0, 0).getTime();

test.each([
  ["18:00:00", new Date(2026, 2, 10, 18, 0, 0).getTime()],
  ["6:30", new Date(2026, 2, 11, 6, 30, 0).getTime()],
  ["12:00:00", noon],
  ["now", noon],
  ["Immediately", noon],
  ["2026-03-12T00:00:00Z", Date.UTC(2026, 2, 12)],
  ["1780000000000", 1_780_000_000_000],
])("nextTime of %s", (text, expected) => expect(nextTime(text, noon)).toBe(expected));

test.each(["25:00", "12:60:00", "soon", ""])("nextTime refuses %j", (text) => expect(() => nextTime(text, noon)).toThrow(/expected HH:mm:ss/));

test("at: waits for months, and can be ended", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  const month = 30 * 86_400_000;
  at(clock, clock.now() + 2 * month, () => done.push("late"));
  const cancel = at(clock, clock.now() + month, () => done.push("never"));
  at(clock, Infinity, () => done.push("never"));
  at(clock, clock.now() - 5, () => done.push("past"));
  await clock.advance(5 * 86_400_000);
  cancel();
  await clock.advance(2 * month - 5 * 86_400_000 - 1);
  expect(done).toEqual(["past"]);
  await clock.advance(1);
  expect(done).toEqual(["past", "late"]);
});
