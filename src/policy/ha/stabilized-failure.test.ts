import { expect, test } from "vitest";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { StabilizedFailure } from "./stabilized-failure.ts";

type Step = readonly [ms: number, state: "failed" | "well" | "unknown"];

test.each([
  ["at once without delays", { failedDelay: 0, recoveredDelay: 0 }, [[0, "failed"], [5, "well"], [5, "failed"]], ["failed 0", "recovered 5", "failed 10"]],
  ["not twice in a row", { failedDelay: 0, recoveredDelay: 0 }, [[0, "well"], [5, "failed"], [5, "failed"], [5, "well"], [5, "well"]], ["failed 5", "recovered 15"]],
  ["after the delay", { failedDelay: 10, recoveredDelay: 20 }, [[0, "failed"], [9, "failed"], [11, "well"], [30, "well"]], ["failed 10", "recovered 40"]],
  ["not when it did not last", { failedDelay: 10, recoveredDelay: 0 }, [[0, "failed"], [9, "well"], [1, "failed"], [9, "unknown"], [30, "well"]], []],
  ["not recovered when that did not last", { failedDelay: 0, recoveredDelay: 10 }, [[0, "failed"], [5, "well"], [9, "failed"], [5, "well"]], ["failed 0", "recovered 29"]],
  ["again while it goes on", { failedDelay: 0, recoveredDelay: 0, republishTime: 30 }, [[0, "failed"], [65, "failed"], [5, "well"]], ["failed 0", "failed 30", "failed 60", "recovered 70"]],
  ["told in an earlier run", { failedDelay: 0, recoveredDelay: 0, wasTold: true }, [[0, "failed"], [5, "well"]], ["recovered 5"]],
] as [string, { failedDelay: number; recoveredDelay: number; republishTime?: number }, Step[], string[]][])("StabilizedFailure: %s", async (_name, options, steps, expected) => {
  const clock = new FakeClock(0);
  const told: string[] = [];
  const failure = new StabilizedFailure({ clock, ...options, onFailed: () => told.push(`failed ${clock.now()}`), onRecovered: () => told.push(`recovered ${clock.now()}`) });
  for (const [ms, state] of steps) {
    await clock.advance(ms);
    failure.observe(state);
  }
  await clock.advance(15);
  failure.stop();
  await clock.advance(1_000);
  expect(told).toEqual(expected);
});
