import type { Entity } from "../../../model/entity.ts";
import { entitySpec, type EntitySpec } from "../../../model/spec.ts";
import { APPLICATION } from "../../../model/traits.ts";
import { entityOf } from "../find-entity.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { blueprintKeys, describedBy, isRunning, started } from "./blueprints.ts";

const BASIC_APPLICATION = "org.apache.brooklyn.entity.stock.BasicApplication";

/**
 * Makes the entities, each once: their ids are kept before they are made, so that going on after a restart makes no second ones.
 * @param parent absent for applications
 */
export async function madeOnce(call: StepCall, specs: readonly EntitySpec[], parent: Entity | undefined): Promise<Entity[]> {
  const { management } = call.entity;
  const known = call.instance.state["made"];
  const ids = Array.isArray(known) && known.length === specs.length ? known.map(String) : specs.map(() => management.ids.entityId());
  await call.remember({ made: ids });
  return specs.map((spec, index) => {
    const id = ids[index] ?? management.ids.entityId();
    return management.entity(id) ?? management.create(spec, parent, { id });
  });
}

export const applicationSteps: readonly StepType[] = [
  {
    name: "add-entity",
    form: "add-entity TYPE",
    keys: [...blueprintKeys, "start", "entity", "parent"],
    note: "`start` is `async`, `sync` or `disabled`; when it is not said they are started, in the background, if the entity runs. The output is `{entities}`, with `{entity}` for one",
    shorthand: (text) => ({ type: text }),
    run: async (call) => {
      const parent = call.step.fields["parent"] === undefined ? await call.target() : entityOf(await call.get("parent"), call.entity);
      const { specs } = await describedBy(call);
      const made = await madeOnce(call, specs, parent);
      await started(made, call, isRunning(parent));
      return { entities: made, ...(made.length === 1 ? { entity: made[0] } : {}) };
    },
  },
  {
    name: "deploy-application",
    form: "deploy-application TYPE",
    keys: [...blueprintKeys, "start"],
    note: "Started in the background unless `start` is `sync` or `disabled`. The output is `{app}`",
    shorthand: (text) => ({ type: text }),
    run: async (call) => {
      const { name, specs } = await describedBy(call);
      const [only] = specs;
      const { management } = call.entity;
      const isApplication = specs.length === 1 && only !== undefined && management.types.entityType(only.type)?.traits.has(APPLICATION) === true;
      const spec = isApplication ? only : entitySpec(BASIC_APPLICATION, { ...(name === undefined ? {} : { displayName: name }), children: [...specs] });
      const made = await madeOnce(call, [spec], undefined);
      await started(made, call, true);
      return { app: made[0] };
    },
  },
];

