import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../test/support/in-memory-plane.ts";
import { effector } from "./effector.ts";
import type { Entity } from "./entity.ts";
import { defineEntityType } from "./entity-type.ts";
import type { PlaneEvent } from "./events.ts";
import { sensor } from "./sensor.ts";
import { entitySpec } from "./spec.ts";
import { types } from "./types/index.ts";

const COUNT = sensor("count", types.integer, "");
const LIST = sensor("list", types.list(types.integer), "");
const calls: unknown[] = [];
const hooked: string[] = [];

const thing = defineEntityType({
  name: "test.Thing",
  description: "",
  traits: ["test.Trait"],
  sensors: [COUNT],
  effectors: [
    effector("add", "", async ({ parameters }) => void calls.push(parameters), {
      parameters: [
        { name: "amount", type: types.integer, description: "" },
        { name: "times", type: types.integer, description: "", defaultValue: 1 },
        { name: "password", type: types.string, description: "", secret: true },
      ],
    }),
    effector("shrink", "", async ({ parameters }) => void calls.push(parameters), { parameters: [{ name: "amount", type: types.integer, description: "", isRequired: true }] }),
  ],
  hooks: { init: () => void hooked.push("init"), manage: () => void hooked.push("manage"), unmanage: () => void hooked.push("unmanage") },
});
const poll = { name: "test.Policy", kind: "policy" as const, displayName: "Policy", description: "", aliases: [], config: [], attach: () => (calls.push("attached"), () => void calls.push("detached")) };

let server: SimulatedServer;
let entity: Entity;
let events: PlaneEvent[];

beforeEach(async () => {
  calls.length = 0;
  hooked.length = 0;
  server = await new World({ entityTypes: [thing], adjunctTypes: [poll] }).open();
  entity = server.plane.create(entitySpec(thing.name, { displayName: "Thing" }));
  events = [];
  server.plane.events.subscribe((event) => events.push(event));
});

describe("set", () => {
  test("tells of changes, with what was before, and of nothing else", () => {
    entity.set(COUNT, 1);
    entity.set(COUNT, 1);
    entity.set(LIST, [1]);
    entity.set(LIST, [1]);
    entity.set(COUNT, undefined);
    expect(events.map((event) => event.kind === "sensor" && [event.name, event.value, event.previous])).toEqual([["count", 1, undefined], ["list", [1], undefined], ["count", undefined, 1]]);
    expect([entity.get(COUNT), entity.get(LIST), entity.sensorValue("list")?.at]).toEqual([undefined, [1], server.world.clock.now()]);
  });

  test("declares a sensor that the type does not have", () => {
    entity.set(LIST, [1]);
    expect(entity.sensor("list")?.type.name).toBe("java.util.List");
  });

  test("on an entity that is gone is silent", () => {
    server.plane.unmanage(entity);
    events.length = 0;
    entity.set(COUNT, 1);
    expect(events).toEqual([]);
  });
});

describe("invoke", () => {
  const invoke = (name: string, parameters: Record<string, unknown>) => server.run((work) => entity.invoke(name, parameters, work));

  test("coerces parameters, fills in defaults, and passes others as they came", async () => {
    await invoke("add", { amount: "2", other: true });
    expect(calls).toEqual([{ amount: 2, times: 1, other: true }]);
  });

  test("names the effector that was meant, or the parameter that is wrong", async () => {
    await expect(invoke("ad", {})).rejects.toMatchObject({ code: "not-found", remedy: 'Did you mean "add"?' });
    await expect(invoke("add", { amount: "much" })).rejects.toThrow('Cannot invoke "add" on "Thing": parameter "amount" must be a whole number');
  });

  test("asks for parameters that it cannot do without", async () => {
    await expect(invoke("shrink", { amout: 1 })).rejects.toMatchObject({ message: 'Cannot invoke "shrink" on "Thing": parameter "amount" is required', remedy: 'Give "amount", not "amout"' });
    expect(calls).toEqual([]);
  });

  test("is a task of the entity, which shows no secret", async () => {
    await invoke("add", { password: "hunter2" });
    const task = server.plane.tasks.tasksOf(entity.id).at(-1);
    expect([task?.name, task?.state, JSON.stringify(task?.tags)]).toEqual(["add", "completed", expect.not.stringContaining("hunter2")]);
  });
});

describe("members", () => {
  test("come and go once, and know their groups", () => {
    const member = server.plane.create(entitySpec(thing.name));
    entity.addMember(member);
    entity.addMember(member);
    expect([...member.groups.keys()]).toEqual([entity.id]);
    entity.removeMember(member);
    entity.removeMember(member);
    expect([member.groups.size, events.filter(({ kind }) => kind === "member-added" || kind === "member-removed").length]).toEqual([0, 2]);
  });

  test("leave with their management, and a group leaves its members", () => {
    const [member, other] = [server.plane.create(entitySpec(thing.name)), server.plane.create(entitySpec(thing.name))];
    entity.addMember(member);
    entity.addMember(other);
    server.plane.unmanage(member);
    expect([...entity.members.values()]).toEqual([other]);
    server.plane.unmanage(entity);
    expect(other.groups.size).toBe(0);
  });
});

describe("management", () => {
  test("ends once, children first, with what listens and polls", () => {
    const child = server.plane.create(entitySpec(thing.name), entity);
    const ended: string[] = [];
    entity.addFeed(() => ended.push("feed"));
    entity.addWatch(() => ended.push("watch"));
    entity.addAdjunct({ type: poll.name, config: {} });
    server.plane.unmanage(entity);
    server.plane.unmanage(entity);
    expect([ended, calls, hooked]).toEqual([["feed", "watch"], ["attached", "detached"], ["init", "manage", "init", "manage", "unmanage", "unmanage"]]);
    expect(events.filter(({ kind }) => kind === "entity-removed").map((event) => "entity" in event && event.entity)).toEqual([child, entity]);
    expect([server.plane.entities.size, [...server.plane.entitiesOf("test.Trait")], entity.isManaged]).toEqual([0, [], false]);
  });

  test("does not begin for an entity of which a part cannot be made", () => {
    const parts = { children: [entitySpec(thing.name), entitySpec("test.Nothing")] };
    expect(() => server.plane.create(entitySpec(thing.name, parts), entity)).toThrow('no such type');
    expect([entity.children, server.plane.entities.size]).toEqual([[], 1]);
  });
});

test("addAdjunct replaces one with the same unique tag", () => {
  entity.addAdjunct({ type: poll.name, config: {}, uniqueTag: "one" });
  entity.addAdjunct({ type: poll.name, config: {}, uniqueTag: "one" });
  expect([entity.adjuncts.length, calls]).toEqual([1, ["attached", "detached", "attached"]]);
  expect(() => entity.addAdjunct({ type: "test.None", config: {} })).toThrow("no such policy");
});

test("rename is shown by the entity's groups", async () => {
  const group = server.plane.create(entitySpec("org.apache.brooklyn.entity.group.BasicGroup"));
  group.addMember(entity);
  entity.rename("Other");
  expect(group.sensorValue("group.members")?.value).toMatchObject([{ id: entity.id, name: "Other" }]);
});
