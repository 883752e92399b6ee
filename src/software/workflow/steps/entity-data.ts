import { ClockerError } from "../../../model/errors.ts";
import { sensor } from "../../../model/sensor.ts";
import type { Json } from "../../../model/spec.ts";
import { types } from "../../../model/types/index.ts";
import { show } from "../../../model/value-type.ts";
import { plainOf } from "../plain.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { letValue } from "./value-of-let.ts";
import { assignment } from "./variables.ts";

const onEntity = (name: string) => (text: string) => {
  const [, what, entity] = /^(.+?)(?:\s+on\s+(\S+))?$/s.exec(text) ?? [];
  return { [name]: what, ...(entity === undefined ? {} : { entity }) };
};

const setter = (name: string) => (text: string) => {
  const [, head = "", entity, rest] = /^([^=]*?)(?:\s+on\s+(\$\{[^{}]*\}|\S+))?\s*(=.*)?$/s.exec(text) ?? [];
  const read = assignment(`${head.trim()} ${rest ?? ""}`.trim(), { name, type: "type_name", value: "value" });
  return read === undefined || entity === undefined ? read : { ...read, entity };
};

/** The name of the sensor or key that a step is about, given as text or as `{name, type}`. */
async function nameOf(call: StepCall, key: string): Promise<string> {
  const given = await call.get(key);
  return typeof given === "object" && given !== null ? String(Reflect.get(given, "name")) : call.text(key);
}

async function setSensor(call: StepCall): Promise<undefined> {
  const entity = await call.target();
  const name = await nameOf(call, "sensor");
  const { sensor: given, type_name: short, value: raw } = call.step.fields;
  if (raw === undefined) throw new ClockerError("invalid-value", `Cannot set sensor "${name}": there is no value`);
  const typeName: unknown = short ?? (typeof given === "object" && given !== null ? Reflect.get(given, "type") : undefined);
  const type = typeName === undefined ? types.json : entity.management.types.valueType(String(typeName));
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot set sensor "${name}": there is no type "${String(typeName)}"`);
  const target = entity.sensor(name) ?? sensor<unknown>(name, type, "");
  const value = plainOf(await letValue(raw, call.scope, call.work));
  try {
    entity.set(target, value === null ? undefined : target.type.coerce(value));
  } catch (cause) {
    throw new ClockerError("invalid-value", `Cannot set sensor "${name}" of "${entity.displayName}": ${show(value)} is not ${target.type.expected}`, { cause });
  }
  return undefined;
}

export const entityDataSteps: readonly StepType[] = [
  { name: "set-sensor", form: "set-sensor [TYPE] NAME [on ENTITY] = VALUE", keys: ["sensor", "value", "type_name", "entity"], shorthand: setter("sensor"), run: setSensor },
  {
    name: "clear-sensor",
    form: "clear-sensor NAME [on ENTITY]",
    keys: ["sensor", "entity"],
    shorthand: onEntity("sensor"),
    run: async (call) => {
      const entity = await call.target();
      const known = entity.sensor(await nameOf(call, "sensor"));
      if (known !== undefined) entity.set(known, undefined);
      return undefined;
    },
  },
  {
    name: "set-config",
    form: "set-config [TYPE] NAME [on ENTITY] = VALUE",
    keys: ["config", "value", "type_name", "entity"],
    shorthand: setter("config"),
    run: async (call) => {
      const entity = await call.target();
      const name = await nameOf(call, "config");
      const value = plainOf(await letValue(call.step.fields["value"], call.scope, call.work));
      const key = entity.config.key(name);
      if (key !== undefined && value !== null) entity.config.coerce(key, value);
      // What is set is stored: only JSON may be.
      entity.config.set(name, value === undefined || value === null ? undefined : (JSON.parse(JSON.stringify(value)) as Json));
      return undefined;
    },
  },
  {
    name: "clear-config",
    form: "clear-config NAME [on ENTITY]",
    keys: ["config", "entity"],
    shorthand: onEntity("config"),
    run: async (call) => {
      (await call.target()).config.set(await nameOf(call, "config"), undefined);
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
