import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { runOnMachine } from "../feed/machine-command.ts";
import { mapIn } from "../feed/output.ts";
import { pollWhileRunning } from "../feed/while-running.ts";
import { METRICS_USAGE_RETRIEVE } from "../process/keys.ts";
import { commandKeys, commandOf, requireCommand } from "./command-keys.ts";
import { declare, ONLY_IF_SERVICE_UP, PERIOD, publish, SKIP_INITIAL_RUN, TRIGGERS } from "./sensor-keys.ts";

const SENSORS = configKey("sensors", types.map(types.json), "By name of the sensor: its type, or a map of type, description and key (the name in the output, that of the sensor when absent)");

interface Reading {
  readonly target: Sensor;
  /** The name in the command's output. */
  readonly key: string;
}

/** Clocker's own: many sensors from one command on the entity's machine, which writes a JSON object or lines of name=value. */
export const commandSensors: InitializerType = {
  name: "clocker.sensor.CommandSensors",
  displayName: "Command sensors",
  description: "Adds sensors whose values one command on the entity's machine writes, as a JSON object or as lines of name=value",
  aliases: ["command-sensors"],
  config: [SENSORS, PERIOD, ONLY_IF_SERVICE_UP, SKIP_INITIAL_RUN, TRIGGERS, ...commandKeys],
  apply: (entity, config) => {
    const readings = declareAll(entity, config);
    requireCommand(entity, config, "CommandSensors");
    if (!entity.config.peek(METRICS_USAGE_RETRIEVE)) return;
    const names = readings.map(({ target }) => target.name);
    pollWhileRunning({
      entity,
      name: `sensors ${names.slice(0, 2).join(", ")}${names.length > 2 ? ", ..." : ""}`,
      period: config.get(PERIOD),
      needsMachine: true,
      onlyIfServiceUp: config.get(ONLY_IF_SERVICE_UP),
      skipsFirst: config.get(SKIP_INITIAL_RUN),
      triggers: config.get(TRIGGERS),
      poll: async (work) => {
        const values = mapIn(await runOnMachine(entity, await commandOf(entity, config, "read the sensors of", work), work));
        for (const { target, key } of readings) publish(entity, target, values[key]);
      },
      onSuccess: () => {},
      // Counters keep their last value, as Brooklyn's do; the failure is on the poll's task.
      onFailure: () => {},
    });
  },
};

function declareAll(entity: Entity, config: InitializerConfig): Reading[] {
  const given = config.get(SENSORS) ?? {};
  if (Object.keys(given).length === 0) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": CommandSensors needs sensors`, { remedy: 'Give "sensors" in its brooklyn.config' });
  return Object.entries(given).map(([name, definition]) => {
    const { type = "string", description = "", key = name } = typeof definition === "string" ? { type: definition } : textsOf(definition);
    return { target: declare(entity, name, type, description), key };
  });
}

function textsOf(definition: unknown): { type?: string; description?: string; key?: string } {
  return types.map(types.string).coerce(definition);
}
