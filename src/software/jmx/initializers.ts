import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { pollWhileRunning } from "../feed/while-running.ts";
import { METRICS_USAGE_RETRIEVE } from "../process/keys.ts";
import { conditionOf, pollSensor } from "../initializer/poll-sensor.ts";
import { CONDITION, declare, declareSensor, ONLY_IF_SERVICE_UP, PERIOD, pollKeys, publish, resolved, sensorKeys, SKIP_INITIAL_RUN, TRIGGERS } from "../initializer/sensor-keys.ts";
import { JMX_HTTP_URL, jmxReaderOf } from "./jmx-endpoint.ts";
import type { JmxAttribute } from "./jmx-reader.ts";

const OBJECT_NAME = configKey("objectName", types.string, "The MBean's name, such as java.lang:type=Threading; with a * the first that matches", { constraints: ["required"] });
const ATTRIBUTE = configKey("attribute", types.string, "The MBean's attribute", { constraints: ["required"] });
const PATH = configKey("path", types.string, "What of a composite value: names with / between");
const DEFAULT = configKey("defaultValue", types.json, "The value while the attribute cannot be read; none when not set");
const URL = configKey("url", types.string, "Where the MBeans are offered over HTTP; the entity's jmx.http.url, else the Jolokia agent on its machine, when not set");

/** Brooklyn's `JmxAttributeSensor`, over HTTP: Jolokia or Tomcat's JMX proxy. */
export const jmxAttributeSensor: InitializerType = {
  name: "org.apache.brooklyn.entity.java.JmxAttributeSensor",
  displayName: "JMX attribute sensor",
  description: "Adds a sensor with the value of an attribute of an MBean, read over HTTP",
  aliases: ["brooklyn.entity.software.java.JmxAttributeSensor", "jmx-attribute-sensor"],
  config: [...sensorKeys, ...pollKeys, OBJECT_NAME, ATTRIBUTE, PATH, DEFAULT, URL],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "JmxAttributeSensor");
    const [objectName, attribute] = [required(entity, config, OBJECT_NAME), required(entity, config, ATTRIBUTE)];
    const fallback = config.get(DEFAULT);
    if (fallback !== undefined && entity.sensorValue(target.name) === undefined) publish(entity, target, fallback);
    const withDefault = fallback === undefined || config.raw["value.on.error"] !== undefined ? config : config.with({ "value.on.error": config.raw[DEFAULT.name] ?? null });
    pollSensor({
      entity,
      config: withDefault,
      target,
      needsMachine: needsMachine(entity, config),
      read: async (work) => {
        const reader = await jmxReaderOf(entity, await resolved(entity, config, URL, work), work);
        const [reading] = await reader.read([{ objectName, attribute, path: config.get(PATH) }], work);
        if (reading !== undefined && "value" in reading) return reading.value;
        throw new ClockerError("not-found", `Cannot read ${attribute} of "${objectName}" of "${entity.displayName}": ${reading?.error ?? "there is no answer"}`);
      },
    });
  },
};

function required(entity: Entity, config: InitializerConfig, key: typeof OBJECT_NAME): string {
  const value = config.get(key);
  if (value === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": JmxAttributeSensor needs ${key.name}`, { remedy: `Give "${key.name}" in its brooklyn.config` });
  return value;
}

/** Without an address the agent is reached through the machine. */
function needsMachine(entity: Entity, config: InitializerConfig): boolean {
  return config.raw[URL.name] === undefined && entity.config.find(JMX_HTTP_URL) === undefined;
}

const SENSORS = configKey("sensors", types.map(types.json), "By name of the sensor: objectName, attribute, path, type, description", { constraints: ["required"] });

interface Reading {
  readonly target: Sensor;
  readonly from: JmxAttribute;
}

/** Brooklyn's `JmxFeed` as a blueprint can write it: many sensors from the MBeans of one JVM, in one request. */
export const jmxSensors: InitializerType = {
  name: "org.apache.brooklyn.feed.jmx.JmxFeed",
  displayName: "JMX sensors",
  description: "Adds sensors with the values of attributes of MBeans, all read in one HTTP request",
  aliases: ["brooklyn.event.feed.jmx.JmxFeed", "jmx-sensors"],
  config: [SENSORS, PERIOD, ONLY_IF_SERVICE_UP, SKIP_INITIAL_RUN, TRIGGERS, CONDITION, URL],
  apply: (entity, config) => {
    const readings = readingsOf(entity, config);
    const holds = conditionOf(entity, config, "the JMX sensors");
    if (!entity.config.peek(METRICS_USAGE_RETRIEVE)) return;
    pollWhileRunning({
      entity,
      name: `sensors of ${readings.length} JMX attributes`,
      period: config.get(PERIOD),
      needsMachine: needsMachine(entity, config),
      onlyIfServiceUp: config.get(ONLY_IF_SERVICE_UP),
      skipsFirst: config.get(SKIP_INITIAL_RUN),
      triggers: config.get(TRIGGERS),
      poll: async (work) => {
        if (!(await holds(work))) return;
        const reader = await jmxReaderOf(entity, await resolved(entity, config, URL, work), work);
        const values = await reader.read(readings.map(({ from }) => from), work);
        readings.forEach(({ target, from }, index) => {
          const value = values[index];
          if (value !== undefined && "value" in value) publish(entity, target, value.value);
          else work.log(`${from.objectName} ${from.attribute}: ${value?.error ?? "no answer"}`);
        });
      },
      onSuccess: () => {},
      // Counters keep their last value; the failure is on the poll's task.
      onFailure: () => {},
    });
  },
};

function readingsOf(entity: Entity, config: InitializerConfig): Reading[] {
  const given = Object.entries(config.get(SENSORS) ?? {});
  if (given.length === 0) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": JmxFeed needs sensors`, { remedy: 'Give "sensors" in its brooklyn.config' });
  return given.map(([name, definition]) => {
    const { type = "string", description = "", objectName, attribute, path } = types.map(types.string).coerce(definition);
    if (objectName === undefined || attribute === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": sensor "${name}" of JmxFeed needs objectName and attribute`);
    return { target: declare(entity, name, type, description), from: { objectName, attribute, path } };
  });
}

export const jmxInitializers: readonly InitializerType[] = [jmxAttributeSensor, jmxSensors];
