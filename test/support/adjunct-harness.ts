import { enricherTypes } from "../../src/enricher/index.ts";
import type { Adjunct, AdjunctType } from "../../src/model/adjunct.ts";
import { SERVICE_UP } from "../../src/model/attributes.ts";
import { effector } from "../../src/model/effector.ts";
import type { Entity } from "../../src/model/entity.ts";
import { defineEntityType } from "../../src/model/entity-type.ts";
import { sensor } from "../../src/model/sensor.ts";
import { setExpected } from "../../src/model/service-state.ts";
import { entitySpec, type AdjunctSpec, type EntitySpec, type Json, type JsonObject } from "../../src/model/spec.ts";
import { RESIZABLE, STARTABLE } from "../../src/model/traits.ts";
import { types } from "../../src/model/types/index.ts";
import { policyTypes } from "../../src/policy/index.ts";
import { entityBase } from "../../src/software/stock/application.ts";
import { groupBase } from "../../src/software/group/group.ts";
import { settle } from "./fake-clock.ts";
import { type SimulatedServer, World } from "./in-memory-plane.ts";

/** What tests of policies have invoked, and how it goes. */
export interface Calls {
  /** `restart`, `resize 3`, in order. */
  readonly made: string[];
  /** What an effector does, by name: throws, or takes its time. */
  readonly behaviour: Map<string, (parameters: Readonly<Record<string, unknown>>) => Promise<unknown>>;
}

const calls = new WeakMap<Entity, Calls>();

export function callsOf(entity: Entity): Calls {
  let known = calls.get(entity);
  if (known === undefined) calls.set(entity, (known = { made: [], behaviour: new Map() }));
  return known;
}

const recorded = (name: string, parameters: readonly string[] = []) =>
  effector(
    name,
    name,
    async ({ entity, parameters: given }) => {
      const { made, behaviour } = callsOf(entity);
      const shown = Object.values(given).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
      made.push([name, ...shown].join(" "));
      return await behaviour.get(name)?.(given);
    },
    { parameters: parameters.map((parameter) => ({ name: parameter, type: types.json, description: "" })) },
  );

export const LOAD = sensor("load", types.double, "A number");
export const COUNT = sensor("count", types.integer, "A whole number");
export const LABEL = sensor("label", types.string, "Text");

/** Something with sensors and effectors, all recorded. */
export const widget = defineEntityType({
  name: "test.Widget",
  description: "A widget",
  extends: [entityBase],
  traits: [STARTABLE],
  sensors: [LOAD, COUNT, LABEL],
  effectors: [recorded("start"), recorded("stop"), recorded("restart"), recorded("ping", ["text"])],
});

/** A group that can be resized and have its members replaced; `behaviour` of `resize` changes its members. */
export const pool = defineEntityType({
  name: "test.Pool",
  description: "A pool",
  extends: [groupBase],
  traits: [STARTABLE, RESIZABLE],
  sensors: [LOAD, COUNT],
  effectors: [recorded("start"), recorded("stop"), recorded("restart"), recorded("resize", ["desiredSize"]), recorded("replaceMember", ["memberId"])],
});

export class AdjunctHarness {
  readonly world: World;
  #server: SimulatedServer;

  static async open(): Promise<AdjunctHarness> {
    const world = new World({ entityTypes: [widget, pool], adjunctTypes: [...enricherTypes, ...policyTypes] });
    return new AdjunctHarness(world, await world.open());
  }

  private constructor(world: World, server: SimulatedServer) {
    this.world = world;
    this.#server = server;
  }

  get server(): SimulatedServer {
    return this.#server;
  }

  get clock(): World["clock"] {
    return this.world.clock;
  }

  /** Makes an entity; a widget when the type is absent. */
  make(name: string, options: { type?: { name: string }; parent?: Entity; spec?: Partial<EntitySpec> } = {}): Entity {
    return this.#server.plane.create(entitySpec((options.type ?? widget).name, { displayName: name, ...options.spec }), options.parent);
  }

  /** A pool with members, expected to run and up. */
  makePool(size: number): Entity {
    const made = this.make("pool", { type: pool });
    const resize = (wanted: number): void => {
      while (made.members.size < wanted) made.addMember(this.make(`member-${made.children.length}`, { parent: made }));
      for (const member of [...made.members.values()].slice(wanted)) made.management.unmanage(member);
    };
    resize(size);
    callsOf(made).behaviour.set("resize", async ({ desiredSize }) => resize(Number(desiredSize)));
    run(made);
    return made;
  }

  add(entity: Entity, type: AdjunctType, config: JsonObject = {}): Adjunct {
    return entity.addAdjunct({ type: type.name, config });
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  /** The server ends and starts again; entities are found again by their ids. */
  async restart(): Promise<void> {
    await this.#server.crash();
    this.#server = await this.world.open();
    await settle();
  }

  again(entity: Entity): Entity {
    const found = this.#server.plane.entity(entity.id);
    if (found === undefined) throw new Error(`"${entity.displayName}" is gone`);
    return found;
  }
}

/** The entity is to run, and does. */
export function run(entity: Entity): void {
  setExpected(entity, "RUNNING");
  entity.set(SERVICE_UP, true);
}

/** A sensor's value by name. */
export function read(entity: Entity, name: string): unknown {
  return entity.sensorValue(name)?.value;
}

export function specOf(type: AdjunctType, config: Record<string, Json> = {}): AdjunctSpec {
  return { type: type.name, config };
}
