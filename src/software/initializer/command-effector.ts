import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { types } from "../../model/types/index.ts";
import { inParallel } from "../../model/work.ts";
import { runOnMachine } from "../feed/machine-command.ts";
import { wholeText } from "../feed/output.ts";
import { asVariables } from "../process/environment.ts";
import { commandKeys, commandOf, requireCommand } from "./command-keys.ts";
import { addEffector, effectorKeys, effectorName } from "./effector-keys.ts";

const targets = ["ENTITY", "MEMBERS", "CHILDREN"] as const;
const TARGET = configKey<(typeof targets)[number]>("executionTarget", types.enumOf("org.apache.brooklyn.core.effector.ssh.SshCommandEffector$ExecutionTarget", targets), "On whose machines the command runs", { defaultValue: "ENTITY" });

/** Brooklyn's `SshCommandEffector`: an effector that runs a command on the entity's machine and returns what it wrote. */
export const commandEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.ssh.SshCommandEffector",
  displayName: "Command effector",
  description: "Adds an effector that runs a command on the entity's machine",
  aliases: ["brooklyn.entity.software.ssh.SshCommandEffector", "ssh-command-effector"],
  config: [...effectorKeys, TARGET, ...commandKeys],
  apply: (entity, config) => {
    const name = effectorName(entity, config, "SshCommandEffector");
    requireCommand(entity, config, `effector "${name}"`);
    addEffector(entity, config, "SshCommandEffector", async ({ parameters: given, work }) => {
      const command = await commandOf(entity, config, `invoke ${name} on`, work);
      const env = { ...command.env, ...asVariables(given, `the parameters of effector "${name}"`) };
      const outputs = await inParallel(entitiesFor(entity, config.get(TARGET)), async (each) => wholeText(await runOnMachine(each, { ...command, env }, work)));
      return outputs.join("\n");
    }, "java.lang.String");
  },
};

function entitiesFor(entity: Entity, target: (typeof targets)[number]): readonly Entity[] {
  switch (target) {
    case "ENTITY":
      return [entity];
    case "MEMBERS":
      return [...entity.members.values()];
    case "CHILDREN":
      return entity.children;
  }
}
