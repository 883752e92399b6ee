import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { limitSilence } from "./limit-silence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("limitSilence aborts after the silence, which every sign of life starts anew", () => {
  const limit = limitSilence({ silence: 60_000, overall: 600_000 });
  vi.advanceTimersByTime(59_000);
  limit.heard();
  vi.advanceTimersByTime(59_000);
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(limit.signal.reason).toMatchObject({ message: "Gave up after 60 s without progress" });
});

test("limitSilence aborts when all of it takes too long, whatever is heard", () => {
  const limit = limitSilence({ silence: 60_000, overall: 120_000 });
  for (let second = 0; second < 120; second += 30) {
    limit.heard();
    vi.advanceTimersByTime(30_000);
  }
  expect(limit.signal.reason).toMatchObject({ message: "Gave up after 120 s in all" });
});

test("limitSilence leaves no timer behind once it has ended", () => {
  const limit = limitSilence({ silence: 1, overall: 2 });
  limit.end();
  expect(vi.getTimerCount()).toBe(0);
});
