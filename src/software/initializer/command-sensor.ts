import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { parseStructuredText, types } from "../../model/types/index.ts";
import { runOnMachine } from "../feed/machine-command.ts";
import { lastDocument, wholeText } from "../feed/output.ts";
import { pollWhileRunning } from "../feed/while-running.ts";
import { commandKeys, commandOf, requireCommand } from "./command-keys.ts";
import { declareSensor, ONLY_IF_SERVICE_UP, PERIOD, pollKeys, publish, sensorKeys, SKIP_INITIAL_RUN, TRIGGERS, VALUE_ON_ERROR } from "./sensor-keys.ts";

const FORMAT = configKey("format", types.enumOf("org.apache.brooklyn.core.sensor.ssh.SshCommandSensor$Format", ["auto", "string"]), "Whether output for a list or a map is read as YAML or JSON, or always taken as text", { defaultValue: "auto" });
const USE_LAST_YAML = configKey("useLastYaml", types.boolean, "Whether only the last YAML document of the output counts", { defaultValue: false });

/** Brooklyn's `SshCommandSensor`: a sensor from the output of a command on the entity's machine, whatever kind of machine that is. */
export const commandSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.ssh.SshCommandSensor",
  displayName: "Command sensor",
  description: "Adds a sensor whose value is what a command on the entity's machine writes",
  aliases: ["brooklyn.entity.software.ssh.SshCommandSensor", "ssh-command-sensor"],
  config: [...sensorKeys, ...pollKeys, ...commandKeys, FORMAT, USE_LAST_YAML],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "SshCommandSensor");
    requireCommand(entity, config, "SshCommandSensor");
    pollWhileRunning({
      entity,
      name: `sensor ${target.name}`,
      period: config.get(PERIOD),
      needsMachine: true,
      onlyIfServiceUp: config.get(ONLY_IF_SERVICE_UP),
      skipsFirst: config.get(SKIP_INITIAL_RUN),
      triggers: config.get(TRIGGERS),
      poll: async (work) => {
        const output = await runOnMachine(entity, await commandOf(entity, config, `read sensor "${target.name}" of`, work), work);
        publish(entity, target, valueOf(output, config, target.type.name));
      },
      onSuccess: () => {},
      onFailure: () => publishOnError(entity, config, target),
    });
  },
};

/** What a sensor has while it cannot be read: `value.on.error`, else nothing, as a former value may be wrong by now. */
export function publishOnError(entity: Entity, config: InitializerConfig, target: ReturnType<typeof declareSensor>): void {
  publish(entity, target, config.get(VALUE_ON_ERROR));
}

function valueOf(output: string, config: InitializerConfig, typeName: string): unknown {
  const text = config.get(USE_LAST_YAML) ? lastDocument(output) : wholeText(output);
  const isStructured = /(?:Object|Map|List|Set)$/.test(typeName);
  return isStructured && config.get(FORMAT) === "auto" ? (parseStructuredText(text) ?? text) : text;
}
