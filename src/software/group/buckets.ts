import { renderTemplate } from "../../blueprint/dsl/index.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { configOf, sensorOf } from "../../model/predicate/targets.ts";
import { types } from "../../model/types/index.ts";
import { show } from "../../model/value-type.ts";

export const BUCKET_FUNCTION = configKey("brooklyn.multigroup.bucketFunction", types.json, "Function that gives the bucket of an entity: bucketFromAttribute(sensor, default)", { flag: "bucketFunction", inherited: false });
export const BUCKET_EXPRESSION = configKey("brooklyn.multigroup.bucketExpression", types.string, "Template that gives the bucket of an entity, such as ${entity.config['region']}", { flag: "bucketExpression", inherited: false });
export const BUCKET_WORKFLOW = configKey("brooklyn.multigroup.bucketWorkflow", types.json, "Workflow that gives the bucket of an entity: not supported", { flag: "bucketWorkflow", inherited: false });
export const BUCKET_ID_EXPRESSION = configKey("brooklyn.multigroup.bucketIdExpression", types.string, "Template that gives the id of the bucket that is made for an entity", { flag: "bucketIdExpression", inherited: false });

/** Gives the bucket of an entity; undefined for none. */
export interface BucketRule {
  bucketOf(entity: Entity): Promise<string | undefined>;
  /** Sensors of the entity that it looks at. */
  readonly sensors: ReadonlySet<string>;
}

/**
 * The rule that a multi-group was given.
 * @throws ClockerError `invalid-value` where there is none, or one that needs Java or a workflow
 */
export function bucketRule(group: Entity, config: { expression: string | undefined; given: unknown; workflow: unknown }): BucketRule {
  if (config.expression !== undefined) return templateRule(config.expression);
  if (typeof config.given === "string") return templateRule(config.given);
  if (config.given !== undefined) return functionRule(config.given);
  const what = config.workflow === undefined ? "neither" : `"${BUCKET_WORKFLOW.name}", which is not supported, but neither`;
  throw new ClockerError("invalid-value", `Cannot put members of "${group.displayName}" into buckets: it has ${what} "${BUCKET_EXPRESSION.name}" nor "${BUCKET_FUNCTION.name}"`, { remedy: `Set ${BUCKET_EXPRESSION.name}, for instance to \${entity.config['region']}` });
}

/** What a template gives for an entity; undefined where something that it names has no value, and for blank text. */
export async function filled(template: string, entity: Entity): Promise<string | undefined> {
  let lacks = false;
  try {
    const text = await renderTemplate(template, async (path) => {
      const value = valueAt(entity, path);
      lacks ||= value === undefined;
      return value;
    });
    return text.trim() === "" ? undefined : text;
  } catch (error) {
    if (lacks && error instanceof ClockerError) return undefined;
    throw error;
  }
}

function templateRule(template: string): BucketRule {
  const sensors = [...template.matchAll(/(?:sensor|attribute)\s*(?:\.([\w-]+)|\[\s*['"]([^'"]+)['"]\s*\])/g)].map(([, plain, quoted]) => plain ?? quoted ?? "");
  return { bucketOf: (entity) => filled(template, entity), sensors: new Set(sensors) };
}

function functionRule(given: unknown): BucketRule {
  const { "factoryMethod.name": method, "factoryMethod.args": args } = recordOf(given);
  const [name, fallback]: readonly unknown[] = Array.isArray(args) ? (args as unknown[]) : [args];
  const sensorName = typeof name === "object" && name !== null && "name" in name ? name.name : name;
  if (method !== "bucketFromAttribute" || typeof sensorName !== "string") {
    throw new ClockerError("invalid-value", `Cannot use ${show(given)} as "${BUCKET_FUNCTION.name}": Clocker runs no Java`, { remedy: `Write ${BUCKET_EXPRESSION.name}: \${entity.sensor['name']}` });
  }
  return {
    bucketOf: async (entity) => {
      const found = sensorOf(entity, sensorName);
      const value = found.isPresent ? found.value : fallback;
      return value === undefined || value === null ? undefined : String(value);
    },
    sensors: new Set([sensorName]),
  };
}

function recordOf(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null) return {};
  const map: Record<string, unknown> = { ...given };
  return "$brooklyn:object" in map ? recordOf(map["$brooklyn:object"]) : map;
}

/** `entity.config.name`, `config['name']`, `sensor.name`, `entity.displayName`, `parent. …`. */
function valueAt(entity: Entity, path: readonly string[]): unknown {
  const [head = "", name = "", ...rest] = path;
  if (head === "entity") return valueAt(entity, path.slice(1));
  if (head === "parent") return entity.parent === undefined ? undefined : valueAt(entity.parent, path.slice(1));
  if (head === "application") return valueAt(entity.application, path.slice(1));
  if (head === "config" || head === "sensor" || head === "attribute") {
    const found = head === "config" ? configOf(entity, name) : sensorOf(entity, name);
    let value: unknown = found.isPresent ? (found.value ?? undefined) : undefined;
    for (const step of rest) value = typeof value === "object" && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
    return value;
  }
  const properties: Readonly<Record<string, unknown>> = { id: entity.id, name: entity.displayName, displayName: entity.displayName, type: entity.typeName, applicationId: entity.application.id };
  return Object.hasOwn(properties, head) ? properties[head] : undefined;
}
