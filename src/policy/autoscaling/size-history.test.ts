import fc from "fast-check";
import { expect, test } from "vitest";
import { SizeHistory } from "./size-history.ts";

test("SizeHistory: least and most of each moment of the window, once all of it is known", () => {
  const entries = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 10 }), size: fc.integer({ min: 0, max: 9 }) }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(entries, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), (given, window, rest) => {
      const history = new SizeHistory();
      const moments: (number | undefined)[] = [];
      let now = 0;
      for (const { gap, size } of given) {
        while (moments.length < now + gap) moments.push(moments.at(-1));
        now += gap;
        history.add(now, size, window);
        moments[now] = size;
      }
      while (moments.length <= now + rest) moments.push(moments.at(-1));
      now += rest;
      const seen = moments.slice(Math.max(0, now - window), now + 1);
      const isKnown = now >= window && !seen.includes(undefined);
      const sizes = seen.filter((size) => size !== undefined);
      const { least, most } = history.sustained(window, now);
      expect([least, most]).toEqual(isKnown ? [Math.min(...sizes), Math.max(...sizes)] : [undefined, undefined]);
    }),
  );
});

test("SizeHistory: says when its answer changes", () => {
  const history = new SizeHistory();
  history.add(10, 1, 100);
  expect(history.sustained(5, 12).changesAt).toBe(15);
  history.add(20, 2, 100);
  expect(history.sustained(5, 22)).toEqual({ least: 1, most: 2, changesAt: 25 });
  expect(history.sustained(5, 25)).toEqual({ least: 2, most: 2, changesAt: undefined });
});
