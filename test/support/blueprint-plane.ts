import { isDeferred, resolve } from "../../src/blueprint/dsl/index.ts";
import { Catalog } from "../../src/blueprint/catalog/index.ts";
import { readBlueprint, readSpec } from "../../src/blueprint/read-blueprint.ts";
import { knownTypes } from "../../src/management/known-types.ts";
import { ServerTypes } from "../../src/management/server-types.ts";
import type { Entity } from "../../src/model/entity.ts";
import { type FakeManagement, type FakeManagementOptions, fakeManagement } from "./fake-management.ts";

export interface BlueprintPlane extends FakeManagement {
  /** Makes the application of a blueprint, with a server's types and its language; nothing is started. */
  deploy(text: string): Entity;
  /** Invokes an effector and lets time pass until it ends. */
  invoke(entity: Entity, effector: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** The real plane, types and language of a server, over a store in memory and a fake clock. */
export function blueprintPlane(options: Omit<FakeManagementOptions, "types" | "dsl" | "entityTypes" | "adjunctTypes" | "initializerTypes"> = {}): BlueprintPlane {
  const types = knownTypes();
  const blueprintTypes = new ServerTypes(types, new Catalog());
  const made = fakeManagement({ ...options, types, dsl: { isDeferred, resolve: (raw, scope, work) => resolve(raw, scope, work, { entitySpec: (plan) => readSpec(plan, { types: blueprintTypes }) }) } });
  const { plane, clock } = made;
  return {
    ...made,
    deploy: (text) => plane.create(readBlueprint(text, { types: blueprintTypes }).spec),
    invoke: (entity, effector, parameters = {}) => clock.until(plane.submit(entity, effector, (work) => entity.invoke(effector, parameters, work)).result),
  };
}
