import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec } from "../../model/spec.ts";
import type { Task } from "../../model/task.ts";
import { inParallel } from "../../model/work.ts";

let world: World;
let server: SimulatedServer;
let entity: Entity;

beforeEach(async () => {
  world = new World();
  server = await world.open();
  entity = server.plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicEntity", { displayName: "Thing" }));
});

const outline = (task: Task): unknown => [task.name, task.state, ...task.children.map(outline)];
const sleep = (signal: AbortSignal) => server.plane.clock.sleep(60_000, signal);

describe("the tree", () => {
  test("has a sub-task for each step, with its times, streams and outcome", async () => {
    const { task, result } = server.plane.submit(entity, "whole", async (work) => {
      work.log("hello");
      const one = await work.step("one", async (step) => {
        step.write("stderr", "careful");
        await server.plane.clock.sleep(1_000);
        return 1;
      });
      return one + (await work.step("two", async () => 2));
    });
    expect(await server.until(result)).toBe(3);
    const [one] = task.children;
    expect([outline(task), task.result, task.stream("stdout").text, one?.stream("stderr").text, one?.result]).toEqual([["whole", "completed", ["one", "completed"], ["two", "completed"]], 3, "hello\n", "careful", 1]);
    expect([(one?.endedAt ?? 0) - (one?.startedAt ?? 0), one?.entityId]).toEqual([1_000, entity.id]);
  });

  test("shows where it failed, with the reason and the remedy all the way up", async () => {
    const { task, result } = server.plane.submit(entity, "whole", (work) => work.step("part", () => Promise.reject(new ClockerError("internal", "It broke", { remedy: "Mend it", cause: new Error("of rust") }))));
    await expect(server.until(result)).rejects.toThrow("It broke");
    expect([outline(task), task.result, task.remedy]).toEqual([["whole", "failed", ["part", "failed"]], "It broke: of rust", "Mend it"]);
  });

  test("goes on after a step that is not essential", async () => {
    const { task, result } = server.plane.submit(entity, "whole", async (work) => {
      const nothing = await work.step("part", () => Promise.reject(new Error("It broke")), { inessential: true });
      return [nothing, await work.step("next", async () => "went on")];
    });
    expect([await server.until(result), outline(task)]).toEqual([[undefined, "went on"], ["whole", "completed", ["part", "failed"], ["next", "completed"]]]);
    expect(task.children[0]?.tags).toContain("inessential");
  });

  test("takes what is thrown for an error, whatever it is", async () => {
    const thrown: unknown = "just text";
    const { task, result } = server.plane.submit(entity, "whole", () => Promise.reject(thrown));
    await expect(server.until(result)).rejects.toMatchObject({ code: "internal", message: "just text" });
    expect(task.state).toBe("failed");
  });
});

describe("cancelling", () => {
  test("reaches every sub-task, and the task ends when they have", async () => {
    const { task, result } = server.plane.submit(entity, "whole", (work) => inParallel(["a", "b"], (name) => work.step(name, (step) => step.step("deep", (deep) => sleep(deep.signal)))));
    await world.clock.advance(10);
    task.cancel(new ClockerError("cancelled", "Enough"));
    await expect(server.until(result)).rejects.toThrow("Enough");
    expect(outline(task)).toEqual(["whole", "cancelled", ["a", "cancelled", ["deep", "cancelled"]], ["b", "cancelled", ["deep", "cancelled"]]]);
    expect(server.plane.tasks.running().size).toBe(0);
  });

  test("of a step that is not essential ends the task, when the task is what was cancelled", async () => {
    const { task, result } = server.plane.submit(entity, "whole", async (work) => {
      await work.step("part", (step) => sleep(step.signal), { inessential: true });
      return "went on";
    });
    await world.clock.advance(10);
    task.cancel(new ClockerError("cancelled", "Enough"));
    await expect(server.until(result)).rejects.toThrow("Enough");
  });

  test("keeps later steps from beginning", async () => {
    let begun = false;
    const { task, result } = server.plane.submit(entity, "whole", async (work) => {
      await sleep(work.signal).catch(() => {});
      await work.step("late", async () => void (begun = true));
    });
    await world.clock.advance(10);
    task.cancel(new ClockerError("cancelled", "Enough"));
    await expect(server.until(result)).rejects.toThrow("Enough");
    expect(begun).toBe(false);
  });

  test("of what does not listen leaves its outcome", async () => {
    const { task, result } = server.plane.submit(entity, "whole", async () => server.plane.clock.sleep(10).then(() => "done"));
    task.cancel(new ClockerError("cancelled", "Enough"));
    expect([await server.until(result), task.state]).toEqual(["done", "completed"]);
  });
});

describe("after a restart", () => {
  async function restarted(): Promise<void> {
    await server.crash();
    server = await world.open();
  }

  test("tasks that ran are interrupted, and those that had ended are as they were", async () => {
    const ended = server.plane.submit(entity, "ended", (work) => work.step("part", () => Promise.reject(new ClockerError("internal", "It broke", { remedy: "Mend it" }))));
    await server.until(ended.result.catch(() => {}));
    const running = server.plane.submit(entity, "running", (work) => {
      work.log("hello");
      return work.step("part", (step) => sleep(step.signal));
    });
    await world.clock.advance(10);
    await restarted();
    const [first, second] = [server.plane.tasks.task(ended.task.id), server.plane.tasks.task(running.task.id)];
    if (first === undefined || second === undefined) throw new Error("The tasks are gone");
    expect([outline(first), first.result, first.remedy, first.children[0]?.result]).toEqual([["ended", "failed", ["part", "failed"]], "It broke", "Mend it", "It broke"]);
    expect([outline(second), second.result, second.endedAt]).toEqual([["running", "interrupted", ["part", "interrupted"]], expect.stringMatching(/^Interrupted/), world.clock.now()]);
    expect(server.plane.tasks.tasksOf(entity.id).map(({ name }) => name)).toEqual(["ended", "part", "running", "part"]);
    await restarted();
    expect(server.plane.tasks.task(running.task.id)?.state).toBe("interrupted");
  });

  test("polls are forgotten", async () => {
    const { task, result } = server.plane.submit(entity, "poll", (work) => work.step("part", async () => 1), { tags: ["TRANSIENT"] });
    await server.until(result);
    expect(task.children[0]?.tags).toContain("TRANSIENT");
    await restarted();
    expect(server.plane.tasks.task(task.id)).toBeUndefined();
  });
});

describe("retention", () => {
  const run = async (name: string, tags: readonly string[] = []) => server.until(server.plane.submit(entity, name, (work) => work.step("part", async () => 1), { tags }).result);

  test("keeps the last 100 tasks of an entity and the last 10 polls, in the store too", async () => {
    for (let i = 0; i < 120; i++) await run(`task ${i}`);
    for (let i = 0; i < 20; i++) await run(`poll ${i}`, ["TRANSIENT"]);
    const names = server.plane.tasks.tasksOf(entity.id).filter(({ parent }) => parent === undefined).map(({ name }) => name);
    expect([names.length, names[0], names[99], names[100], names.at(-1)]).toEqual([110, "task 20", "task 119", "poll 10", "poll 19"]);
    await server.until(server.plane.documents.flush());
    expect([...world.disk.records.values()].filter(({ kind }) => kind === "task").length).toBe(2 * 100 + rebindTasks());
  });

  test("forgets the tasks of an entity that is gone, but for one that runs", async () => {
    await run("early");
    const { result } = server.plane.submit(entity, "last", async (work) => {
      await sleep(work.signal);
    });
    server.plane.unmanage(entity);
    expect(server.plane.tasks.tasksOf(entity.id).map(({ name }) => name)).toEqual(["last"]);
    await server.until(result);
    expect(server.plane.tasks.tasksOf(entity.id).map(({ name, state }) => [name, state])).toEqual([["last", "completed"]]);
  });

  test("is bounded over restarts for entities that are gone", async () => {
    for (let i = 0; i < 70; i++) await removeOne();
    await server.crash();
    server = await world.open();
    for (let i = 0; i < 70; i++) await removeOne();
    expect([...server.plane.tasks.all()].filter(({ name }) => name === "removal").length).toBeLessThanOrEqual(101);
  });

  async function removeOne(): Promise<void> {
    const gone = server.plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicEntity"));
    await server.until(server.plane.submit(gone, "removal", async () => server.plane.unmanage(gone)).result);
  }

  const rebindTasks = () => [...server.plane.tasks.all()].filter((task) => task.entityId === undefined).length;
});
