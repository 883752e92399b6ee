import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { effector, type EffectorParameter } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { inParallel } from "../../model/work.ts";
import { runOnMachine } from "../feed/machine-command.ts";
import { wholeText } from "../feed/output.ts";
import { asVariables } from "../process/environment.ts";
import { commandKeys, commandOf, requireCommand } from "./command-keys.ts";

const NAME = configKey("name", types.string, "Name of the effector", { aliases: ["effector.name"], constraints: ["required"] });
const DESCRIPTION = configKey("description", types.string, "What the effector does", { defaultValue: "" });
const PARAMETERS = configKey("parameters", types.map(types.json), "By name: type, description and defaultValue; given to the command as environment variables", { defaultValue: {} });
const targets = ["ENTITY", "MEMBERS", "CHILDREN"] as const;
const TARGET = configKey<(typeof targets)[number]>("executionTarget", types.enumOf("org.apache.brooklyn.core.effector.ssh.SshCommandEffector$ExecutionTarget", targets), "On whose machines the command runs", { defaultValue: "ENTITY" });

/** Brooklyn's `SshCommandEffector`: an effector that runs a command on the entity's machine and returns what it wrote. */
export const commandEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.ssh.SshCommandEffector",
  displayName: "Command effector",
  description: "Adds an effector that runs a command on the entity's machine",
  aliases: ["brooklyn.entity.software.ssh.SshCommandEffector", "ssh-command-effector"],
  config: [NAME, DESCRIPTION, PARAMETERS, TARGET, ...commandKeys],
  apply: (entity, config) => {
    const name = config.get(NAME);
    if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": SshCommandEffector needs a name`, { remedy: 'Give "name" in its brooklyn.config' });
    requireCommand(entity, config, `effector "${name}"`);
    const parameters = Object.entries(config.get(PARAMETERS)).map(([parameter, definition]) => parameterOf(entity, parameter, definition));
    const added = effector(
      name,
      config.get(DESCRIPTION),
      async ({ parameters: given, work }) => {
        const command = await commandOf(entity, config, `invoke ${name} on`, work);
        const env = { ...command.env, ...asVariables(given, `the parameters of effector "${name}"`) };
        const outputs = await inParallel(entitiesFor(entity, config.get(TARGET)), async (each) => wholeText(await runOnMachine(each, { ...command, env }, work)));
        return outputs.join("\n");
      },
      { parameters, returnType: "java.lang.String" },
    );
    entity.dynamicEffectors.set(name, added);
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

/** A parameter as an initializer defines it: `{type, description, defaultValue}`, or its type alone. */
export function parameterOf(entity: Entity, name: string, definition: unknown): EffectorParameter {
  const fields = definition === null || definition === undefined ? {} : types.map().coerce(typeof definition === "string" ? { type: definition } : definition);
  const typeName = types.string.coerce(fields["type"] ?? "string");
  const type = entity.management.types.valueType(typeName);
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot add an effector to "${entity.displayName}": parameter "${name}" has the unknown type "${typeName}"`);
  const fallback = fields["defaultValue"] ?? fields["default"];
  return { name, type, description: types.string.coerce(fields["description"] ?? ""), ...(fallback === undefined ? {} : { defaultValue: type.coerce(fallback) }) };
}
