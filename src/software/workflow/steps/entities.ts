import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { type EntitySpec, entitySpec, type JsonObject } from "../../../model/spec.ts";
import { APPLICATION, STARTABLE } from "../../../model/traits.ts";
import { isEntitySpec, parseStructuredText, types } from "../../../model/types/index.ts";
import type { StepCall, StepType } from "../step-type.ts";

/** What a blueprint describes: one service, or `services`. */
async function specsOf(call: StepCall): Promise<EntitySpec[]> {
  const { type, blueprint } = call.step.fields;
  const given = blueprint === undefined ? { type: await call.text("type") } : blueprint;
  const plan = typeof given === "string" ? parseStructuredText(given) : given;
  if (!isRecord(plan) || (type === undefined && blueprint === undefined)) throw new ClockerError("invalid-value", `"${call.step.type.name}" needs a type, or a blueprint`);
  const services = Array.isArray(plan["services"]) ? (plan["services"] as unknown[]) : [plan];
  const specs: EntitySpec[] = [];
  for (const service of services) {
    const spec = await call.entity.management.resolve({ "$brooklyn:entitySpec": service }, call.entity, call.work);
    specs.push(isEntitySpec(spec) ? spec : types.entitySpec.coerce(spec));
  }
  return specs;
}

async function started(entities: readonly Entity[], call: StepCall): Promise<void> {
  await call.entity.management.documents.flush();
  if (call.step.fields["start"] === false || call.step.fields["start"] === undefined) return;
  for (const entity of entities) if (entity.is(STARTABLE)) await entity.invoke("start", {}, call.work);
}

const BASIC_APPLICATION = "org.apache.brooklyn.entity.stock.BasicApplication";

export const entitySteps: readonly StepType[] = [
  {
    name: "add-entity",
    form: "add-entity TYPE",
    keys: ["type", "blueprint", "start", "entity"],
    note: "Started only with `start: true`. The output is `{entity}`, with `{entities}` for several",
    shorthand: (text) => ({ type: text }),
    run: async (call) => {
      const parent = await call.target();
      const made = (await specsOf(call)).map((spec) => parent.management.create(spec, parent));
      await started(made, call);
      return { entity: made[0], entities: made };
    },
  },
  {
    name: "deploy-application",
    form: "deploy-application TYPE",
    keys: ["type", "blueprint", "start"],
    note: "Started only with `start: true`. The output is `{app}`",
    shorthand: (text) => ({ type: text }),
    run: async (call) => {
      const specs = await specsOf(call);
      const { blueprint } = call.step.fields;
      const name = isRecord(blueprint) && typeof blueprint["name"] === "string" ? { displayName: blueprint["name"] } : {};
      const [only] = specs;
      const { management } = call.entity;
      const isApplication = specs.length === 1 && only !== undefined && management.types.entityType(only.type)?.traits.has(APPLICATION) === true;
      const application = management.create(isApplication ? only : entitySpec(BASIC_APPLICATION, { ...name, children: specs }));
      await started([application], call);
      return { app: application };
    },
  },
  {
    name: "delete-entity",
    form: "delete-entity ENTITY",
    keys: ["entity"],
    note: "Stopped first; an application goes with all it has",
    shorthand: (text) => ({ entity: text }),
    run: async (call) => {
      const entity = await call.target();
      const { management } = entity;
      for (let above: Entity | undefined = call.entity; above !== undefined; above = above.parent) {
        if (above === entity) throw new ClockerError("invalid-request", `Cannot delete "${entity.displayName}" in a workflow of its own`);
      }
      if (entity.parent === undefined) {
        await management.destroy(entity);
        return undefined;
      }
      if (entity.is(STARTABLE)) await entity.invoke("stop", {}, call.work);
      management.unmanage(entity);
      await management.documents.flush();
      return undefined;
    },
  },
  {
    name: "add-policy",
    form: "add-policy TYPE [unique-tag TAG]",
    keys: ["type", "blueprint", "config", "brooklyn.config", "unique_tag", "uniqueTag", "entity"],
    note: "Enrichers too. In map form the type is in `blueprint`, for `type` names the step",
    shorthand: (text) => {
      const [, type, tag] = /^(\S+)(?:\s+unique-tag\s+(\S+))?$/.exec(text) ?? [];
      return type === undefined ? undefined : { policy_type: type, ...(tag === undefined ? {} : { unique_tag: tag }) };
    },
    run: async (call) => {
      const { fields } = call.step;
      const blueprint = isRecord(fields["blueprint"]) ? fields["blueprint"] : {};
      const type = fields["policy_type"] ?? blueprint["type"] ?? blueprint["policyType"];
      if (typeof type !== "string") throw new ClockerError("invalid-value", '"add-policy" needs a type');
      const config = fields["config"] ?? fields["brooklyn.config"] ?? blueprint["brooklyn.config"] ?? {};
      const tag = fields["unique_tag"] ?? fields["uniqueTag"] ?? blueprint["uniqueTag"];
      const entity = await call.target();
      // Of a blueprint, so JSON.
      entity.addAdjunct({ type, config: config as JsonObject, ...(tag === undefined ? {} : { uniqueTag: String(tag) }) });
      return undefined;
    },
  },
  {
    name: "delete-policy",
    form: "delete-policy TAG",
    keys: ["policy", "entity"],
    note: "By unique tag, id, name or type",
    shorthand: (text) => ({ policy: text }),
    run: async (call) => {
      const wanted = await call.text("policy");
      const entity = await call.target();
      const found = entity.adjuncts.find(({ id, uniqueTag, displayName, type }) => [id, uniqueTag, displayName, type.name].includes(wanted));
      if (found === undefined) throw new ClockerError("not-found", `"${entity.displayName}" has no policy "${wanted}"`);
      entity.removeAdjunct(found);
      return undefined;
    },
  },
];
