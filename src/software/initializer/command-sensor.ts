import type { InitializerType } from "../../model/adjunct.ts";
import { runOnMachine } from "../feed/machine-command.ts";
import { commandKeys, commandOf, requireCommand } from "./command-keys.ts";
import { pollSensor } from "./poll-sensor.ts";
import { declareSensor, pollKeys, sensorKeys } from "./sensor-keys.ts";
import { outputOptions, valueOfOutput } from "./sensor-output.ts";

/** Brooklyn's `SshCommandSensor`: a sensor from the output of a command on the entity's machine, whatever kind of machine that is. */
export const commandSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.ssh.SshCommandSensor",
  displayName: "Command sensor",
  description: "Adds a sensor whose value is what a command on the entity's machine writes",
  aliases: ["brooklyn.entity.software.ssh.SshCommandSensor", "ssh-command-sensor"],
  config: [...sensorKeys, ...pollKeys, ...commandKeys, ...outputOptions],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "SshCommandSensor");
    requireCommand(entity, config, "SshCommandSensor");
    pollSensor({
      entity,
      config,
      target,
      needsMachine: true,
      read: async (work) => valueOfOutput(await runOnMachine(entity, await commandOf(entity, config, `read sensor "${target.name}" of`, work), work), config, target.type.name),
    });
  },
};
