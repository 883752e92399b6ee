import { expect, it, vi } from "vitest";
import { type SimulatedServer, World } from "../../../test/support/in-memory-plane.ts";
import { effector } from "../../model/effector.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import type { Entity } from "../../model/entity.ts";
import { messageOf } from "../../model/errors.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { basicEntity } from "../stock/application.ts";
import { replayWorkflow, submitWorkflow, workflowEntityTypes, WorkflowRuns, workflowInitializers } from "./index.ts";
import type { WorkflowRun } from "./run/workflow-run.ts";

/** How often the outside was asked for something: what may not be done twice. */
let outside = 0;

const thing = defineEntityType({
  name: "test.Thing",
  description: "Counts how often it is asked",
  extends: [basicEntity],
  effectors: [
    effector("count", "", async () => ++outside),
    effector("slow", "", async ({ work, entity }) => {
      outside++;
      await entity.management.clock.sleep(60_000, work.signal);
      return "slow";
    }),
  ],
});

async function begun(definition: JsonObject): Promise<{ world: World; first: SimulatedServer; id: string }> {
  outside = 0;
  const world = new World({ entityTypes: [thing], initializerTypes: workflowInitializers });
  const first = await world.open();
  const entity = first.plane.create(entitySpec(thing.name, { displayName: "Thing" }));
  submitWorkflow(entity, { name: "work", ...definition });
  await world.clock.advance(5_000);
  return { world, first, id: entity.id };
}

async function restarted(world: World, first: SimulatedServer, id: string): Promise<{ server: SimulatedServer; entity: Entity; run: WorkflowRun }> {
  await first.crash();
  const server = await world.open();
  const entity = server.plane.entity(id);
  const [run] = entity === undefined ? [] : WorkflowRuns.of(server.plane).of(entity);
  if (entity === undefined || run === undefined) throw new Error("The workflow is gone");
  return { server, entity, run };
}

const sleep = "sleep 1m";

it("A workflow that a restart cuts off has failed, and can be replayed where it was", async () => {
  const { world, first, id } = await begun({ steps: ["let list x = [1, 2]", "let me = ${entity}", sleep, "return ${x[1]} ${me.name} ${workflow.id}"] });
  const { server, run } = await restarted(world, first, id);
  expect([run.status, run.replays.at(-1)?.result, run.currentStepIndex, server.plane.task(run.taskId ?? "")?.state]).toEqual(["ERROR_SHUTDOWN", expect.stringMatching(/^The workflow was interrupted/), 2, "interrupted"]);
  const { task, result } = replayWorkflow(run, "end");
  expect(await server.until(result)).toBe(`2 Thing ${run.id}`);
  expect([run.status, run.replays.length, run.replays[1]?.reason, task.tags]).toEqual(["SUCCESS", 2, "manually requested", expect.arrayContaining(["WORKFLOW", expect.objectContaining({ workflowId: run.id })])]);
});

it("goes on by itself where it says so and the step does no harm: with its variables, and without what was done", async () => {
  const { world, first, id } = await begun({ replayable: "automatically", steps: ["let integer n = 1", "invoke-effector count", "let asked = ${output}", "let n = ${n} + 1", sleep, "set-sensor integer n = ${n}", "return ${n} ${asked}"] });
  const { server, run, entity } = await restarted(world, first, id);
  await world.clock.advance(120_000);
  expect([run.status, run.output, entity.sensorValue("n")?.value, outside]).toEqual(["SUCCESS", "2 1", 2, 1]);
  expect(run.replays.map(({ isError }) => isError)).toEqual([true, false]);
  expect(server.plane.task(run.taskId ?? "")?.name).toBe("work (interrupted by a restart of the server)");
});

it("does not go on by itself in a step that may not be done twice, but from a point marked for it", async () => {
  const steps = ["let n = 1", { step: "let n = ${n} + 1", replayable: "from here" }, "invoke-effector slow", "return ${n}"];
  const { world, first, id } = await begun({ replayable: "automatically", steps: [steps[0], steps[2]] as string[] });
  const { run } = await restarted(world, first, id);
  await world.clock.advance(120_000);
  expect([run.status, outside]).toEqual(["ERROR", 1]);
  expect(() => replayWorkflow(run, "end")).toThrow(/may not be run twice/);
  expect(() => replayWorkflow(run, "start")).toThrow(/neither that nor a step before it is marked/);

  const marked = await begun({ replayable: "automatically", steps });
  const again = await restarted(marked.world, marked.first, marked.id);
  await marked.world.clock.advance(120_000);
  expect([again.run.status, again.run.output, outside]).toEqual(["SUCCESS", 2, 2]);
});

it("a step that says that it is idempotent is done again", async () => {
  const { world, first, id } = await begun({ replayable: "automatically", steps: [{ step: "invoke-effector slow", idempotent: "yes" }] });
  const { run } = await restarted(world, first, id);
  await world.clock.advance(120_000);
  expect([run.status, run.output, outside]).toEqual(["SUCCESS", "slow", 2]);
});

it.each<[string, JsonObject, string]>([
  ["of the step", { steps: [{ step: sleep, "on-error": ["return handled ${error.code}"] }] }, "handled interrupted"],
  ["of the workflow", { steps: ["let x = 1", sleep], "on-error": ["return handled ${x}"] }, "handled 1"],
  ["of the workflow, which retries", { steps: ["let x = 1", sleep, "return ${x}"], "on-error": ["retry limit 2"] }, "1"],
  ["of a workflow within", { steps: [{ step: "workflow", steps: [{ step: sleep, "on-error": ["return inner"] }] }, "return got ${output}"] }, "got inner"],
])("the on-error %s hears of the interruption", async (_where, definition, expected) => {
  const { world, first, id } = await begun(definition);
  const { run } = await restarted(world, first, id);
  await world.clock.advance(120_000);
  expect([run.status, String(run.output)]).toEqual(["SUCCESS", expected]);
});

it("goes on within nested workflows: rounds that were done are not done again", async () => {
  const rounds = { step: "foreach i in 1..3", steps: ["invoke-effector count", "let got = ${output}", "if ${i} == 2 then sleep 1m", "return ${i}:${got}"] };
  const { world, first, id } = await begun({ replayable: "automatically", steps: ["let before = 1", rounds, "return ${output}"] });
  expect(outside).toBe(2);
  const { run } = await restarted(world, first, id);
  await world.clock.advance(120_000);
  expect([run.status, run.output, outside]).toEqual(["SUCCESS", ["1:1", "2:2", "3:3"], 3]);
});

it("keeps its lock while it goes on, and holds none when it has failed", async () => {
  const definition = { lock: "door", steps: [sleep, "return in"] };
  const { world, first, id } = await begun({ ...definition, replayable: "automatically" });
  const { entity, server } = await restarted(world, first, id);
  const second = submitWorkflow(entity, { name: "second", ...definition, steps: ["return second"] });
  await world.clock.advance(1_000);
  expect(second.task.isEnded).toBe(false);
  expect(await server.until(second.result)).toBe("second");

  const other = await begun(definition);
  const after = await restarted(other.world, other.first, other.id);
  expect([after.run.status, after.entity.sensorValue("lock-door")]).toEqual(["ERROR_SHUTDOWN", undefined]);
});

it("the start of a workflow-entity that goes on by itself ends in a running entity; one that does not, on fire", async () => {
  const states: unknown[] = [];
  for (const replayable of ["automatically", "enabled"]) {
    const world = new World({ entityTypes: [thing, ...workflowEntityTypes] });
    const first = await world.open();
    const entity = first.plane.create(entitySpec("workflow-entity", { displayName: "W", config: { start: { replayable, steps: [sleep, "set-sensor done = yes"] } } }));
    first.plane.submit(entity, "start", (work) => entity.invoke("start", {}, work));
    await world.clock.advance(5_000);
    const again = await restarted(world, first, entity.id);
    await world.clock.advance(120_000);
    states.push(["service.state", "service.isUp", "done"].map((name) => again.entity.sensorValue(name)?.value));
  }
  expect(states).toEqual([["RUNNING", true, "yes"], ["ON_FIRE", false, undefined]]);
});

/** What a whole server reads, a simulated one does not. */
function readsSpecs({ plane }: SimulatedServer): void {
  const { resolve } = plane;
  vi.spyOn(plane, "resolve").mockImplementation(async (raw, ...rest) => (typeof raw === "object" && raw !== null && "$brooklyn:entitySpec" in raw ? entitySpec(thing.name) : resolve.call(plane, raw, ...rest)));
}

it("add-entity makes an entity once, whenever the server ends", async () => {
  const ends: unknown[] = [];
  for (let point = 1; ; point++) {
    const world = new World({ entityTypes: [thing], initializerTypes: workflowInitializers });
    const first = await world.open();
    const entity = first.plane.create(entitySpec(thing.name, { displayName: "Thing" }));
    await first.until(first.plane.documents.flush());
    readsSpecs(first);
    first.life.dieAfter(point);
    const made = submitWorkflow(entity, { name: "work", replayable: "automatically from start", steps: ["add-entity test.Thing", "sleep 1s"] });
    const outcome = await world.clock.until(Promise.race([made.result.then(() => "done", messageOf), first.life.ended.then(() => "crashed")]));
    const server = await world.open();
    readsSpecs(server);
    await world.clock.advance(60_000);
    const [run] = WorkflowRuns.of(server.plane).of(server.plane.entity(entity.id) ?? entity);
    // Before anything of it was stored there is nothing to go on with.
    if (run !== undefined) ends.push([run.status, server.plane.entity(entity.id)?.children.length]);
    server.life.kill();
    if (outcome === "done") break;
    expect(outcome).toBe("crashed");
  }
  expect(ends.length).toBeGreaterThan(2);
  expect(new Set(ends.map((end) => JSON.stringify(end)))).toEqual(new Set(['["SUCCESS",1]']));
});

it("what belongs to an entity that is gone goes with it, from the store too", async () => {
  const { world, first, id } = await begun({ steps: ["let secret = hunter2-in-a-variable", sleep] });
  await first.until(first.plane.documents.flush());
  const stored = (): string[] => [...world.disk.records.values()].filter(({ kind }) => kind === "workflow").map(({ text }) => text);
  expect(stored()).toHaveLength(1);
  const entity = first.plane.entity(id);
  if (entity !== undefined) first.plane.unmanage(entity);
  await first.until(first.plane.documents.flush());
  expect(stored()).toEqual([]);
});
