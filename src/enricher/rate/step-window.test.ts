import fc from "fast-check";
import { expect, test } from "vitest";
import { StepWindow } from "./step-window.ts";

/** Values in the order of time, and now: milliseconds. */
const histories = fc.record({
  length: fc.integer({ min: 1, max: 50 }),
  samples: fc.array(fc.record({ gap: fc.integer({ min: 0, max: 20 }), value: fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined }) }), { minLength: 1, maxLength: 30 }),
  rest: fc.integer({ min: 0, max: 80 }),
});

test("StepWindow: its mean is that of each millisecond of the window, and within its values", () => {
  fc.assert(
    fc.property(histories, ({ length, samples, rest }) => {
      const window = new StepWindow(length);
      const timeline: (number | undefined)[] = [];
      let now = 0;
      for (const { gap, value } of samples) {
        while (timeline.length < now + gap) timeline.push(timeline.at(-1));
        now += gap;
        window.add(now, value);
        timeline[now] = value;
      }
      while (timeline.length < now + rest) timeline.push(timeline.at(-1));
      now += rest;
      const known = timeline.slice(Math.max(0, now - length), now).filter((value) => value !== undefined);
      const { value, confidence } = window.mean(now);
      expect(confidence).toBeCloseTo(known.length / length);
      const last = samples.at(-1)?.value;
      const mean = known.length === 0 ? last : known.reduce((sum, each) => sum + each, 0) / known.length;
      expect(value ?? Infinity).toBeCloseTo(mean ?? Infinity);
    }),
  );
});

test("StepWindow: settled when one value holds over all of it", () => {
  const window = new StepWindow(10);
  window.add(0, 1);
  window.add(5, 2);
  expect([window.mean(10), window.mean(14).isSettled, window.mean(15)]).toEqual([{ value: 1.5, confidence: 1, isSettled: false }, false, { value: 2, confidence: 1, isSettled: true }]);
});
