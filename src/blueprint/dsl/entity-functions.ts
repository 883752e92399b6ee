import type { Entity } from "../../model/entity.ts";
import type { Json } from "../../model/spec.ts";
import { asEntity, findEntity, scopeRoot } from "./find-entity.ts";
import { textOf } from "./format-string.ts";
import { dslError, type Resolution } from "./resolution.ts";
import { renderTemplate } from "./template.ts";
import { waitForSensor, waitOptions } from "./wait-for-sensor.ts";

export interface EntityCall {
  readonly name: string;
  readonly args: readonly unknown[];
  /** The entity that it is called on. */
  readonly target: Entity;
  readonly resolution: Resolution;
  /** Resolves config that is met on the way, in the scope of its owner. */
  resolveValue(value: Json, scope: Entity, resolution: Resolution): Promise<unknown>;
}

/** The functions that find an entity, or something of one (reference, section 4). */
export async function callEntityFunction(call: EntityCall): Promise<unknown> {
  const { name, args, target, resolution } = call;
  const [first, second] = args;
  switch (name) {
    case "self":
      return target;
    case "parent":
      return target.parent ?? fail(call, `"${target.displayName}" has no parent`);
    case "root":
    case "application":
      return target.application;
    case "scopeRoot":
      return scopeRoot(target);
    case "entityId":
      return target.id;
    case "entity":
      return asEntity(first, target) ?? target.management.entity(textOf(first)) ?? fail(call, `No entity matching id '${textOf(first)}'`);
    case "component":
      return second === undefined ? (asEntity(first, target) ?? findEntity(target, "global", textOf(first), resolution)) : findEntity(target, textOf(first), textOf(second), resolution);
    case "child":
    case "sibling":
    case "descendant":
    case "ancestor":
      return findEntity(target, name, textOf(first), resolution);
    case "member":
      return findEntity(target, "members", textOf(first), resolution);
    case "config":
      return second === undefined ? configOf(call, target, textOf(first)) : configOf(call, asEntity(first, target) ?? fail(call, `config(entity, key) needs an entity, not "${textOf(first)}"`), textOf(second));
    case "sensor":
      return sensorOf(target, textOf(second ?? first));
    case "location":
      return locationOf(call);
    case "attributeWhenReady":
    case "attributeWhenReadyAllowingOnFire":
      return waitForSensor(target, textOf(first), waitOptions(second, { abortIfOnFire: name === "attributeWhenReady" }, resolution), resolution);
    case "template":
      return renderTemplate(textOf(first), (path) => templateValue(call, path, second));
    default:
      return fail(call, `Unknown function "${name}" in a $brooklyn: expression`);
  }
}

/** A config value, resolved where it was written; the key's default, else null. */
async function configOf(call: EntityCall, entity: Entity, name: string): Promise<unknown> {
  const { resolution } = call;
  const declared = entity.config.key(name);
  const found = entity.config.find(declared ?? { name, aliases: [], inherited: true });
  if (found === undefined) return declared?.defaultValue === undefined ? null : declared.type.toJson(declared.defaultValue);
  const keyName = declared?.name ?? name;
  const step = { id: `${found.owner.id}/${keyName}`, text: `config "${keyName}" of "${found.owner.displayName}"` };
  if (resolution.trail.some((earlier) => earlier.id === step.id)) {
    throw dslError(`Config refers to itself: ${[...resolution.trail, step].map((each) => each.text).join(" → ")}`, { ...resolution, trail: [] });
  }
  return call.resolveValue(found.raw, found.owner, { ...resolution, trail: [...resolution.trail, step] });
}

/** The sensor itself, for the config of policies and enrichers; one that the entity does not know is told by its name. */
function sensorOf(entity: Entity, name: string): { readonly name: string } {
  return entity.sensor(name) ?? { name };
}

function locationOf(call: EntityCall): unknown {
  const index = Number(call.args[0] ?? 0);
  for (let each: Entity | undefined = call.target; each !== undefined; each = each.parent) {
    if (each.locations.length > 0) return each.locations[index] ?? fail(call, `"${each.displayName}" has no location ${index}`);
  }
  return null;
}

/** What `${...}` in a template means: a substitution, or config, a sensor or a property of the entity. */
async function templateValue(call: EntityCall, path: readonly string[], substitutions: unknown): Promise<unknown> {
  const [head = "", name = ""] = path;
  if (typeof substitutions === "object" && substitutions !== null && Object.hasOwn(substitutions, head)) return followed(Reflect.get(substitutions, head), path.slice(1));
  if (head === "config") return followed(await configOf(call, call.target, name), path.slice(2));
  if (head === "attribute" || head === "sensor") {
    const value = call.target.sensorValue(name)?.value;
    return followed(value === undefined ? undefined : (call.target.sensor(name)?.type.toJson(value) ?? value), path.slice(2));
  }
  const properties: Record<string, unknown> = { id: call.target.id, displayName: call.target.displayName, name: call.target.displayName, applicationId: call.target.application.id };
  if (head === "entity") return name === "config" || name === "attribute" || name === "sensor" ? templateValue(call, path.slice(1), undefined) : properties[name];
  if (head === "application" || head === "parent") {
    const target = head === "parent" ? call.target.parent : call.target.application;
    return target === undefined ? undefined : templateValue({ ...call, target }, ["entity", ...path.slice(1)], undefined);
  }
  return undefined;
}

function followed(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const step of path) current = typeof current === "object" && current !== null && Object.hasOwn(current, step) ? Reflect.get(current, step) : undefined;
  return current;
}

function fail(call: EntityCall, message: string): never {
  throw dslError(message, call.resolution);
}
