import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { types } from "../../model/types/index.ts";
import { pollSensor } from "./poll-sensor.ts";
import { declareSensor, pollKeys, sensorKeys } from "./sensor-keys.ts";

const FUNCTION = configKey("function", types.json, "What gives the value: a $brooklyn: expression, worked out anew each time, or a constant of Guava", { constraints: ["required"] });

const OBJECT = "$brooklyn:object";

/**
 * Brooklyn's `FunctionSensor`: a sensor whose value a function gives, every period. There the function is Java code; here it is what a blueprint can
 * write: an expression of the language, or one of Guava's functions that give what they were made with.
 */
export const functionSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.function.FunctionSensor",
  displayName: "Function sensor",
  description: "Adds a sensor whose value an expression gives, worked out anew every period",
  aliases: ["brooklyn.entity.software.FunctionSensor", "function-sensor"],
  config: [...sensorKeys, ...pollKeys, FUNCTION],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "FunctionSensor");
    const raw = config.raw[FUNCTION.name];
    if (raw === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": sensor "${target.name}" needs a function`, { remedy: 'Give "function" in its brooklyn.config: a $brooklyn: expression' });
    const given = constantOf(raw, (message) => {
      throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": the function of sensor "${target.name}" ${message}`, {
        remedy: "Give a $brooklyn: expression such as $brooklyn:config(\"...\"), or use workflow-sensor or ssh-command-sensor",
      });
    });
    pollSensor({ entity, config, target, needsMachine: false, read: async (work) => valueOf(await entity.management.resolve(given, entity, work), entity) });
  },
};

/** By class, the factory methods that make a function which gives its argument. */
const constants: Readonly<Record<string, string>> = {
  "com.google.common.base.Suppliers": "ofInstance",
  "com.google.common.base.Functions": "constant",
  "com.google.common.util.concurrent.Callables": "returning",
};

/** The expression that gives the value; for a constant of Guava, what it is made with. */
function constantOf(raw: unknown, refuse: (message: string) => never): unknown {
  const description = isRecord(raw) ? (raw[OBJECT] ?? raw) : raw;
  const isObject = isRecord(raw) && (raw[OBJECT] !== undefined || typeof raw["type"] === "string");
  if (!isObject) return typeof raw === "string" && !raw.startsWith("$brooklyn:") ? refuse(`is text: ${JSON.stringify(raw.slice(0, 80))}`) : raw;
  const { type, objectType, object_type: old } = isRecord(description) ? description : {};
  const name = String(type ?? objectType ?? old ?? "");
  const method = isRecord(description) ? description["factoryMethod.name"] : undefined;
  if (constants[name] === undefined || constants[name] !== method) return refuse(`is Java code ("${name}"), which is not run`);
  const args = isRecord(description) ? description["factoryMethod.args"] : undefined;
  return Array.isArray(args) ? args[0] : args;
}

function valueOf(value: unknown, entity: Entity): unknown {
  return typeof value === "function" ? (Reflect.apply(value, undefined, [entity]) as unknown) : value;
}
