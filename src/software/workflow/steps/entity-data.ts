import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { sensor } from "../../../model/sensor.ts";
import type { Json } from "../../../model/spec.ts";
import { types } from "../../../model/types/index.ts";
import { show } from "../../../model/value-type.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS } from "../../stock/attributes.ts";
import { recompute } from "../../stock/service-state.ts";
import { holds } from "../conditions.ts";
import { storable } from "../run/values.ts";
import { entityOf } from "../find-entity.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { assignment } from "./assignment.ts";
import { interpolatedAs } from "./variables.ts";
import { quotedOrPlain } from "./words.ts";

const onEntity = (name: string) => (text: string) => {
  const [, what = "", entity] = /^(.+?)(?:\s+on\s+(\S+))?$/s.exec(text) ?? [];
  return { [name]: name === "value" ? quotedOrPlain(what) : (/(?:\[[^\]]*\]|[^\s[])+$/.exec(what.trim())?.[0] ?? what), ...(entity === undefined ? {} : { entity }) };
};

const setter = (name: string) => (text: string) => {
  const [, head = "", entity, rest] = /^((?:\[[^\]]*\]|[^=[])*?)(?:\s+on\s+(\$\{[^{}]*\}|\S+))?\s*(=.*)?$/s.exec(text) ?? [];
  const read = assignment(`${head.trim()} ${rest ?? ""}`.trim(), { name, type: "type_name", value: "value" });
  if (read === undefined) return undefined;
  return { ...read, ...(typeof read["value"] === "string" ? { value: quotedOrPlain(read["value"]) } : {}), ...(entity === undefined ? {} : { entity }) };
};

interface Place {
  readonly entity: Entity;
  readonly name: string;
  /** Into the value: `problems['x']`. */
  readonly path: readonly string[];
  readonly typeName: unknown;
}

/** The sensor or key that a step is about, given as text or as `{name, type, entity}`. */
async function placeOf(call: StepCall, key: string): Promise<Place> {
  const given = await call.get(key);
  const map = isRecord(given) ? given : { name: await call.text(key) };
  const [, name = "", brackets = ""] = /^(.*?)((?:\[[^\]]*\])*)$/s.exec(String(map["name"])) ?? [];
  const path = [...brackets.matchAll(/\[\s*(?:'([^']*)'|"([^"]*)"|([^\]]*))\s*\]/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  const entity = map["entity"] === undefined ? await call.target() : entityOf(map["entity"], call.entity);
  return { entity, name, path, typeName: call.step.fields["type_name"] ?? map["type"] };
}

/** A value with another put into it, or taken out of it. */
function withAt(value: unknown, path: readonly string[], change: (known: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    const items = [...(value as unknown[])];
    const changed = withAt(items[Number(key)], rest, change);
    if (changed === undefined) items.splice(Number(key), 1);
    else items[Number(key)] = changed;
    return items;
  }
  const changed = withAt(isRecord(value) ? value[key] : undefined, rest, change);
  const { [key]: _removed, ...others } = isRecord(value) ? value : {};
  return changed === undefined ? others : { ...others, [key]: changed };
}

async function setSensor(call: StepCall): Promise<undefined> {
  const { entity, name, path, typeName } = await placeOf(call, "sensor");
  const raw = call.step.fields["value"];
  if (raw === undefined) throw new ClockerError("invalid-value", `Cannot set sensor "${name}": there is no value`);
  const type = typeName === undefined || typeName === null ? types.json : entity.management.types.valueType(String(typeName));
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot set sensor "${name}": there is no type "${String(typeName)}"`);
  const target = entity.sensor(name) ?? sensor<unknown>(name, type, "");
  const given = storable(await interpolatedAs(call, raw, { mode: "full", errors: "fail" }));
  const typed = path.length === 0 ? given : typeName === undefined ? given : type.coerce(given);
  const { require } = call.step.fields;
  const known = (): unknown => entity.sensorValue(name)?.value;
  // Between the look and the change nothing else is done.
  if (require !== undefined && !(await holds(require, call.scope, call.work, path.length === 0 ? known() : at(known(), path)))) {
    throw new ClockerError("conflict", `Cannot set sensor "${name}" of "${entity.displayName}": its value is not as required`, { details: { sensor: name } });
  }
  const value = withAt(known(), path, () => typed);
  try {
    entity.set(target, value === null ? undefined : target.type.coerce(value));
  } catch (cause) {
    throw new ClockerError("invalid-value", `Cannot set sensor "${name}" of "${entity.displayName}": ${show(value)} is not ${target.type.expected}`, { cause });
  }
  healthChanged(entity, name);
  return undefined;
}

/** What is wrong with an entity, and why it is not up, decide its state. */
function healthChanged(entity: Entity, name: string): void {
  if (name === SERVICE_PROBLEMS.name || name === SERVICE_NOT_UP_INDICATORS.name) recompute(entity);
}

function at(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) current = Array.isArray(current) ? (current as unknown[])[Number(key)] : isRecord(current) ? current[key] : undefined;
  return current;
}

async function setConfig(call: StepCall): Promise<undefined> {
  const { entity, name, typeName } = await placeOf(call, "config");
  const value = storable(await interpolatedAs(call, call.step.fields["value"], { mode: "full", errors: "fail" }));
  const given = typeName === undefined || typeName === null ? value : storable(entity.management.types.valueType(String(typeName))?.coerce(value) ?? value);
  const key = entity.config.key(name);
  if (key !== undefined && given !== null) entity.config.coerce(key, given);
  entity.config.set(name, given === null ? undefined : (given satisfies Json));
  return undefined;
}

export const entityDataSteps: readonly StepType[] = [
  {
    name: "set-sensor",
    form: "set-sensor [TYPE] NAME [on ENTITY] = VALUE",
    keys: ["sensor", "value", "type_name", "entity", "require", "interpolation_mode", "interpolation_errors"],
    note: "`NAME['key']` sets what a map or list has there; `require` is a condition on the value that there is",
    shorthand: setter("sensor"),
    run: setSensor,
  },
  {
    name: "clear-sensor",
    form: "clear-sensor [TYPE] NAME [on ENTITY]",
    keys: ["sensor", "entity"],
    shorthand: onEntity("sensor"),
    run: async (call) => {
      const { entity, name, path } = await placeOf(call, "sensor");
      const known = entity.sensor(name);
      if (known !== undefined) entity.set(known, path.length === 0 ? undefined : withAt(entity.sensorValue(name)?.value, path, () => undefined));
      healthChanged(entity, name);
      return undefined;
    },
  },
  { name: "set-config", form: "set-config [TYPE] NAME [on ENTITY] = VALUE", keys: ["config", "value", "type_name", "entity", "interpolation_mode", "interpolation_errors"], shorthand: setter("config"), run: setConfig },
  {
    name: "clear-config",
    form: "clear-config [TYPE] NAME [on ENTITY]",
    keys: ["config", "entity"],
    shorthand: onEntity("config"),
    run: async (call) => {
      const { entity, name } = await placeOf(call, "config");
      entity.config.set(name, undefined);
      return undefined;
    },
  },
  {
    name: "set-entity-name",
    form: "set-entity-name NAME [on ENTITY]",
    keys: ["value", "entity"],
    shorthand: onEntity("value"),
    run: async (call) => {
      (await call.target()).rename(await call.text("value"));
      return undefined;
    },
  },
];
