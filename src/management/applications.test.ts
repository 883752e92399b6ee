import { beforeEach, describe, expect, test } from "vitest";
import { fakeWork } from "../../test/support/fake-work.ts";
import { World, type SimulatedServer } from "../../test/support/in-memory-plane.ts";
import { effector } from "../model/effector.ts";
import type { Entity } from "../model/entity.ts";
import { defineEntityType } from "../model/entity-type.ts";
import { ClockerError } from "../model/errors.ts";
import { entitySpec, type EntitySpec } from "../model/spec.ts";
import { basicApplication, basicEntity, entityBase, starting, stopping } from "../software/stock/application.ts";
import { SERVICE_STATE } from "../software/stock/attributes.ts";
import { STARTABLE } from "../software/stock/startable.ts";
import { DESTROY_DOCUMENTS } from "./applications.ts";

let stopFailure: Error | undefined;

const slow = defineEntityType({
  name: "test.Slow",
  description: "Takes a minute to start and ten seconds to stop",
  extends: [entityBase],
  traits: [STARTABLE],
  effectors: [
    effector("start", "", ({ entity, work }) => starting(entity, () => entity.management.clock.sleep(60_000, work.signal))),
    effector("stop", "", ({ entity, work }) =>
      stopping(entity, async () => {
        await entity.management.clock.sleep(10_000, work.signal);
        if (stopFailure !== undefined) throw stopFailure;
      }),
    ),
  ],
});

let world: World;
let server: SimulatedServer;

beforeEach(async () => {
  stopFailure = undefined;
  world = new World({ entityTypes: [slow] });
  server = await world.open();
});

const app = (rest: Partial<EntitySpec> = {}): EntitySpec => entitySpec(basicApplication.name, { displayName: "App", children: [entitySpec(slow.name, { displayName: "Slow" })], ...rest });
const stored = (kind: string): number => [...world.disk.records.values()].filter((record) => record.kind === kind).length;

describe("deploy", () => {
  test("acknowledges once the application is stored, and starts it in the background", async () => {
    const { application, start } = await server.until(server.deploy(app()));
    expect([stored("entity"), start?.task.state, application.get(SERVICE_STATE)]).toEqual([2, "running", "STARTING"]);
    await server.until(start?.result ?? Promise.resolve());
    expect([application.get(SERVICE_STATE), application.tags]).toEqual(["RUNNING", [{ kind: "yaml_spec", contents: expect.stringContaining("test.Slow") as string }]]);
  });

  test("refuses an unknown location anywhere in it, and an unknown type, and makes nothing", async () => {
    const deep = app({ children: [entitySpec(basicEntity.name, { children: [entitySpec(basicEntity.name, { locations: [{ spec: "memry" }] })] })] });
    await expect(server.until(server.deploy(deep))).rejects.toMatchObject({ code: "unknown-location", remedy: 'Did you mean "memory"?' });
    await expect(server.until(server.deploy(app({ children: [entitySpec("test.Nothing")] })))).rejects.toMatchObject({ code: "unknown-type" });
    expect([server.plane.entities.size, stored("entity")]).toEqual([0, 0]);
  });

  test("that cannot be stored leaves nothing in memory either", async () => {
    server.store.write = () => Promise.reject(new ClockerError("storage", "The disk is full"));
    await expect(server.until(server.deploy(app()))).rejects.toThrow("The disk is full");
    expect([server.plane.entities.size, server.plane.applications()]).toEqual([0, []]);
  });

  test("of what has nothing to start starts nothing", async () => {
    const { start } = await server.until(server.deploy(entitySpec(basicEntity.name)));
    expect(start).toBeUndefined();
  });
});

describe("destroy", () => {
  test("ends a start under way, stops what it made, and leaves nothing", async () => {
    const { application, start } = await server.until(server.deploy(app()));
    await world.clock.advance(1_000);
    const [first, again] = [server.applications.destroy(application), server.applications.destroy(application)];
    expect(again).toBe(first);
    await server.until(first.result);
    await server.until(server.plane.documents.flush());
    expect([start?.task.state, server.plane.entities.size, stored("entity"), stored("sensors"), stored(DESTROY_DOCUMENTS)]).toEqual(["cancelled", 0, 0, 0, 0]);
    expect(first.task.children.map(({ name }) => name)).toEqual(["cancel running tasks", "stop"]);
  });

  test("that a crash cuts off is taken up by the next run", async () => {
    const application = await server.start(app());
    server.applications.destroy(application);
    await world.clock.advance(5_000);
    await server.crash();
    server = await world.open();
    await world.clock.advance(20_000);
    expect([server.plane.entities.size, server.plane.documents.all(DESTROY_DOCUMENTS).size]).toEqual([0, 0]);
  });

  test("that fails tells why, and can be done again", async () => {
    const application = await server.start(app());
    stopFailure = new Error("It does not let go");
    await expect(server.until(server.applications.destroy(application).result)).rejects.toMatchObject({ message: 'Cannot delete "App": it could not be stopped', remedy: expect.stringContaining("expunge") as string });
    expect([application.isManaged, application.get(SERVICE_STATE), server.plane.documents.all(DESTROY_DOCUMENTS).size]).toEqual([true, "ON_FIRE", 0]);
    stopFailure = undefined;
    await server.until(server.applications.destroy(application).result);
    expect(server.plane.entities.size).toBe(0);
  });

  test.each(["destroyed", "stopped"])("stops what was started by hand below what starts nothing, when the application is %s", async (how) => {
    const group = entitySpec("org.apache.brooklyn.entity.group.BasicGroup", { children: [entitySpec(slow.name, { displayName: "By hand", children: [entitySpec(slow.name, { displayName: "Below it" })] })] });
    const application = await server.start(app({ children: [group] }));
    const byHand = ["By hand", "Below it"].map((name) => server.find(name));
    for (const entity of byHand) await server.invoke(entity, "start");
    await server.until(how === "destroyed" ? server.applications.destroy(application).result : application.invoke("stop", {}, fakeWork()));
    expect([...byHand.map((entity) => entity.get(SERVICE_STATE)), server.plane.entities.size]).toEqual(["STOPPED", "STOPPED", 0]);
  });

  test("of what is no application is refused", async () => {
    await server.start(app());
    expect(() => server.applications.destroy(server.find("Slow"))).toThrow('Cannot delete "Slow": it is not an application');
  });
});

describe("invoke", () => {
  test("of stop removes an application, unless it is to stay", async () => {
    await server.invoke(await server.start(app()), "stop");
    expect(server.plane.entities.size).toBe(0);
    const staying = await server.start(app({ config: { "application.stop.shouldDestroy": false } }));
    await server.invoke(staying, "stop");
    expect([staying.isManaged, staying.get(SERVICE_STATE)]).toEqual([true, "STOPPED"]);
    await server.invoke(staying, "start");
    expect(staying.get(SERVICE_STATE)).toBe("RUNNING");
  });

  test("of stop ends what runs on the entity, and leaves what runs elsewhere", async () => {
    const { application, start } = await server.until(server.deploy(app({ children: [entitySpec(slow.name, { displayName: "Slow" }), entitySpec(slow.name, { displayName: "Other" })] })));
    const restart = server.applications.invoke(server.find("Slow"), "start", {});
    await world.clock.advance(1_000);
    await server.invoke(server.find("Slow"), "stop");
    expect([restart.task.state, start?.task.state, application.isManaged]).toEqual(["cancelled", "running", true]);
  });
});

describe("expunge", () => {
  test("removes an entity that cannot be stopped", async () => {
    const application = await server.start(app());
    stopFailure = new Error("It does not let go");
    const { task, result } = server.applications.expunge(application, { release: true });
    await server.until(result);
    expect([server.plane.entities.size, task.children.map(({ name, state }) => [name, state])]).toEqual([0, [["release", "failed"]]]);
  });
});

describe("addChildren", () => {
  test("makes and starts them below the entity, or only makes them", async () => {
    const application = await server.start(app());
    const text = JSON.stringify([entitySpec(slow.name, { displayName: "New" })]);
    const { children, start } = await server.until(server.applications.addChildren(application, text));
    await server.until(start?.result ?? Promise.resolve());
    const states = (entities: readonly Entity[]) => entities.map((entity) => [entity.parent, entity.get(SERVICE_STATE)]);
    expect(states(children)).toEqual([[application, "RUNNING"]]);
    const unstarted = await server.until(server.applications.addChildren(application, text, { start: false }));
    expect([unstarted.start, unstarted.children.length]).toEqual([undefined, 1]);
  });

  test("that cannot be stored are not kept", async () => {
    const application = await server.start(app());
    server.store.write = () => Promise.reject(new ClockerError("storage", "The disk is full"));
    await expect(server.until(server.applications.addChildren(application, JSON.stringify([entitySpec(slow.name)])))).rejects.toThrow("The disk is full");
    expect(application.children.map(({ displayName }) => displayName)).toEqual(["Slow"]);
  });
});
