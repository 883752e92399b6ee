import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { nearest } from "../../../model/nearest.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import type { JsonObject } from "../../../model/spec.ts";
import { STARTABLE } from "../../../model/traits.ts";
import { entityOf } from "../find-entity.ts";
import type { StepCall, StepType } from "../step-type.ts";

/** Stops an entity that runs, and takes it out of management; an application goes with all it has. @throws ClockerError `invalid-request` for one that the workflow itself runs on */
export async function deleted(entity: Entity, call: StepCall): Promise<void> {
  const { management } = entity;
  for (let above: Entity | undefined = call.entity; above !== undefined; above = above.parent) {
    if (above === entity) throw new ClockerError("invalid-request", `Cannot delete "${entity.displayName}" in a workflow of its own`);
  }
  if (entity.parent === undefined) return management.destroy(entity);
  if (entity.is(STARTABLE)) await entity.invoke("stop", {}, call.work);
  management.unmanage(entity);
  await management.documents.flush();
}

/** The policy, enricher or initializer that a step describes. */
async function adjunctOf(call: StepCall): Promise<{ type: string; config: JsonObject; blueprint: Readonly<Record<string, unknown>> }> {
  const { fields } = call.step;
  const blueprint = isRecord(fields["blueprint"]) ? fields["blueprint"] : {};
  const type = fields["adjunct_type"] ?? blueprint["type"] ?? blueprint["policyType"] ?? blueprint["enricherType"] ?? blueprint["initializerType"];
  if (typeof type !== "string") throw new ClockerError("invalid-value", `"${call.step.type.name}" needs a type`);
  // Workflows within it have `${...}` of their own: what is not asked to be filled in is as it is written.
  const config = fields["config"] ?? fields["brooklyn.config"] ?? blueprint["brooklyn.config"] ?? {};
  return { type, config: { ...(config as JsonObject) }, blueprint };
}

export const entitySteps: readonly StepType[] = [
  {
    name: "delete-entity",
    form: "delete-entity ENTITY",
    keys: ["entity"],
    note: "Stopped first; an application goes with all it has",
    shorthand: (text) => ({ entity: text }),
    run: async (call) => {
      const before = call.instance.state["deleted"];
      if (typeof before === "string" && call.entity.management.entity(before) === undefined) return undefined;
      const entity = await call.target();
      await call.remember({ deleted: entity.id });
      await deleted(entity, call);
      return undefined;
    },
  },
  {
    name: "reparent-entity",
    form: "reparent-entity child CHILD under PARENT",
    keys: ["child", "parent"],
    note: "With all below it. Applications stay what they are",
    shorthand: (text) => {
      const [, child, parent] = /^(?:child\s+)?(\S+)\s+under\s+(\S+)$/s.exec(text) ?? [];
      return child === undefined ? undefined : { child, parent };
    },
    run: async (call) => {
      const { child, parent } = { child: await call.get("child"), parent: await call.get("parent") };
      if (child === undefined || parent === undefined) throw new ClockerError("invalid-value", '"reparent-entity" needs a child and a parent', { remedy: 'Write "reparent-entity child CHILD under PARENT"' });
      call.entity.management.reparent(entityOf(child, call.entity), entityOf(parent, call.entity));
      return undefined;
    },
  },
  {
    name: "apply-initializer",
    form: "apply-initializer TYPE [at ENTITY]",
    keys: ["blueprint", "config", "brooklyn.config", "entity"],
    note: "In map form the type is in `blueprint`. Kept with the entity: applied again after a restart, as those of its blueprint",
    shorthand: (text) => {
      const [, type, entity] = /^(\S+)(?:\s+at\s+(\S+))?$/.exec(text) ?? [];
      return type === undefined ? undefined : { adjunct_type: type, ...(entity === undefined ? {} : { entity }) };
    },
    run: async (call) => {
      const entity = await call.target();
      const { type: name, config } = await adjunctOf(call);
      const { management } = entity;
      if (management.types.initializerType(name) === undefined) {
        const near = nearest(name, ["workflow-effector", "workflow-sensor", "workflow-initializer", "ssh-command-sensor", "ssh-command-effector", "add-tags-initializer"]);
        throw new ClockerError("unknown-type", `There is no initializer "${name}"`, near === undefined ? {} : { remedy: `Did you mean "${near}"?` });
      }
      management.initialize(entity, { type: name, config });
      return undefined;
    },
  },
  {
    name: "add-policy",
    form: "add-policy TYPE [at ENTITY] [unique-tag TAG]",
    keys: ["blueprint", "config", "brooklyn.config", "unique_tag", "unique-tag", "uniqueTag", "entity"],
    note: "Enrichers too. In map form the type is in `blueprint`. One with the same unique tag, which is the step's place unless given, is replaced. The output is `{adjunct}`",
    shorthand: (text) => {
      const [, type, entity, tag] = /^(\S+)(?:\s+at\s+(\S+))?(?:\s+unique-tag\s+(\S+))?$/.exec(text) ?? [];
      return type === undefined ? undefined : { adjunct_type: type, ...(entity === undefined ? {} : { entity }), ...(tag === undefined ? {} : { unique_tag: tag }) };
    },
    run: async (call) => {
      const { type, config, blueprint } = await adjunctOf(call);
      const given = call.step.fields["unique_tag"] ?? call.step.fields["unique-tag"] ?? call.step.fields["uniqueTag"] ?? blueprint["uniqueTag"];
      const name = blueprint["name"] ?? config["name"];
      const entity = await call.target();
      const adjunct = entity.addAdjunct({
        type,
        config,
        uniqueTag: given === undefined ? `workflow-${call.run.workflow.name}-${call.instance.stepIndex + 1}` : String(given),
        ...(typeof name === "string" ? { name } : {}),
      });
      return { adjunct, [adjunct.type.kind]: adjunct };
    },
  },
  {
    name: "delete-policy",
    form: "delete-policy TAG [at ENTITY]",
    keys: ["policy", "entity"],
    note: "By unique tag, id, name or type",
    shorthand: (text) => {
      const [, policy, entity] = /^(.+?)(?:\s+at\s+(\S+))?$/s.exec(text) ?? [];
      return { policy, ...(entity === undefined ? {} : { entity }) };
    },
    run: async (call) => {
      const given = await call.get("policy");
      const wanted = typeof given === "object" && given !== null ? String(Reflect.get(given, "id")) : await call.text("policy");
      const entity = await call.target();
      const found = entity.adjuncts.find(({ id, uniqueTag, displayName, type }) => [id, uniqueTag, displayName, type.name].includes(wanted));
      // Gone already, where it went on after a restart.
      if (found === undefined && call.instance.state["deleted"] === wanted) return undefined;
      if (found === undefined) throw new ClockerError("not-found", `"${entity.displayName}" has no policy "${wanted}"`);
      call.instance.state["deleted"] = wanted;
      entity.removeAdjunct(found);
      return undefined;
    },
  },
];

