import { expect, test } from "vitest";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { entitySpec } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { startPolling, type PollOptions } from "./poll.ts";

function polling(poll: (work: Work) => Promise<unknown>, rest: Partial<PollOptions<unknown>> = {}) {
  const { plane, clock } = fakeManagement();
  const entity = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication"));
  const begun: number[] = [];
  const failures: unknown[] = [];
  const values: unknown[] = [];
  const start = clock.now();
  const handle = startPolling({
    entity,
    name: "reading",
    period: 5_000,
    poll: (work) => {
      begun.push(clock.now() - start);
      return poll(work);
    },
    onSuccess: (value) => void values.push(value),
    onFailure: (error) => void failures.push(error),
    ...rest,
  });
  return { plane, clock, entity, begun, failures, values, handle };
}

test("startPolling polls at once, then a period after the end of the last, as transient tasks", async () => {
  const { plane, clock, entity, begun, values } = polling(async () => {
    await clock.sleep(2_000);
    return begun.length;
  });
  await clock.advance(15_000);
  expect(begun).toEqual([0, 7_000, 14_000]);
  expect(values).toEqual([1, 2]);
  const tasks = plane.tasks.tasksOf(entity.id);
  expect(tasks.every((task) => task.tags.includes("TRANSIENT"))).toBe(true);
});

test("startPolling never has two polls under way, and cancels one that hangs", async () => {
  let underWay = 0;
  let most = 0;
  const { clock, begun, failures } = polling(
    async (work) => {
      most = Math.max(most, ++underWay);
      try {
        await clock.sleep(1e9, work.signal);
      } finally {
        underWay--;
      }
    },
    { timeout: 10_000 },
  );
  await clock.advance(26_000);
  expect(most).toBe(1);
  expect(begun).toEqual([0, 15_000]);
  expect(String(failures)).toMatch(/took longer than 10 s/);
});

test("startPolling waits longer with every failure in a row, up to a minute, and comes back at once", async () => {
  let fails = true;
  const { clock, begun } = polling(async () => {
    if (fails) throw new Error("no");
  });
  await clock.advance(300_000);
  const pauses = begun.slice(1).map((at, i) => at - begun[i]!);
  expect(pauses.slice(0, 6)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  fails = false;
  const before = begun.length;
  await clock.advance(60_000);
  expect(begun.length).toBeGreaterThan(before);
  const after = begun.length;
  await clock.advance(20_000);
  expect(begun.length).toBe(after + 4);
});

test("startPolling makes no task while nothing is due, and polls at once when asked", async () => {
  let isDue = false;
  const { plane, clock, entity, begun, handle } = polling(async () => {}, { isDue: () => isDue });
  await clock.advance(60_000);
  expect(plane.tasks.tasksOf(entity.id)).toEqual([]);
  isDue = true;
  handle.now();
  await clock.advance(0);
  expect(begun).toHaveLength(1);
});

test("stop ends the poll that is under way and all later ones", async () => {
  const { plane, clock, entity, begun, failures, handle } = polling((work) => clock.sleep(1e9, work.signal));
  await clock.advance(1_000);
  handle.stop();
  await clock.advance(100_000);
  expect(begun).toHaveLength(1);
  expect(failures).toEqual([]);
  expect(plane.tasks.tasksOf(entity.id).map(({ state }) => state)).toEqual(["cancelled"]);
});
