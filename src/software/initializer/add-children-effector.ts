import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { EntitySpec } from "../../model/spec.ts";
import { STARTABLE } from "../../model/traits.ts";
import { isEntitySpec, parseStructuredText, types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { addEffector, effectorKeys, effectorName } from "./effector-keys.ts";

const BLUEPRINT_YAML = configKey("blueprint_yaml", types.json, "The blueprint of the children: text or a map, one service or several under services");
const BLUEPRINT_TYPE = configKey("blueprint_type", types.string, "The type of the one child");
const AUTO_START = configKey("auto_start", types.boolean, "Whether the children are started", { defaultValue: true });

/** Brooklyn's `AddChildrenEffector`: an effector that adds children, whose config are its arguments, and returns their ids. */
export const addChildrenEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.AddChildrenEffector",
  displayName: "Add-children effector",
  description: "Adds an effector that adds children to the entity, configured by its arguments",
  aliases: ["add-children-effector", "add-child-effector"],
  config: [...effectorKeys, BLUEPRINT_YAML, BLUEPRINT_TYPE, AUTO_START],
  apply: (entity, config) => {
    const name = effectorName(entity, config, "AddChildrenEffector");
    const given = [BLUEPRINT_YAML, BLUEPRINT_TYPE].filter((key) => config.raw[key.name] !== undefined);
    if (given.length !== 1) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": effector "${name}" needs either blueprint_yaml or blueprint_type`);
    const services = servicesOf(entity, config, name);
    addEffector(entity, config, "AddChildrenEffector", async ({ parameters, work }) => {
      const specs = await specsOf(entity, services, parameters, work);
      const children = specs.map((spec) => entity.management.create(spec, entity));
      await entity.management.documents.flush();
      if (config.get(AUTO_START)) await inParallel(children.filter((child) => child.is(STARTABLE)), (child) => child.invoke("start", {}, work));
      return children.map(({ id }) => id);
    }, "java.util.List");
  },
};

/** The plans of the services, read at once so that a mistake shows when the entity is made. */
function servicesOf(entity: Entity, config: InitializerConfig, name: string): Readonly<Record<string, unknown>>[] {
  const raw: unknown = config.raw[BLUEPRINT_YAML.name] ?? { type: config.get(BLUEPRINT_TYPE) };
  const plan: unknown = typeof raw === "string" ? parseStructuredText(raw) : raw;
  const items: unknown[] = Array.isArray(plan) ? (plan as unknown[]) : isRecord(plan) ? (Array.isArray(plan["services"]) ? (plan["services"] as unknown[]) : [plan]) : [];
  const services = items.filter((item) => isRecord(item));
  if (services.length === 0 || services.length !== items.length) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": the blueprint of effector "${name}" must be a map with a type, or with services`);
  return services;
}

/** Arguments become config of each child; what the blueprint itself says stays, as only one of both can be meant. */
async function specsOf(entity: Entity, services: readonly Readonly<Record<string, unknown>>[], parameters: Readonly<Record<string, unknown>>, work: Work): Promise<EntitySpec[]> {
  const specs: EntitySpec[] = [];
  for (const service of services) {
    const own = isRecord(service["brooklyn.config"]) ? service["brooklyn.config"] : {};
    const plan = Object.keys(parameters).length === 0 ? service : { ...service, "brooklyn.config": { ...own, ...parameters } };
    const spec = await entity.management.resolve({ "$brooklyn:entitySpec": plan }, entity, work);
    specs.push(isEntitySpec(spec) ? spec : types.entitySpec.coerce(spec));
  }
  return specs;
}
