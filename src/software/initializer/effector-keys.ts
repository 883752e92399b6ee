import type { InitializerConfig } from "../../model/adjunct.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { effector, type EffectorCall, type EffectorParameter } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";

/** Keys of initializers that add an effector (Brooklyn's `AddEffectorInitializerAbstract`; reference, 8.3). */
export const EFFECTOR_NAME = configKey("name", types.string, "Name of the effector", { aliases: ["effector.name"], constraints: ["required"] });
export const EFFECTOR_DESCRIPTION = configKey("description", types.string, "What the effector does", { defaultValue: "" });
export const EFFECTOR_PARAMETERS = configKey("parameters", types.map(types.json), "By name: type, description and defaultValue", { defaultValue: {} });

export const effectorKeys: readonly ConfigKey[] = [EFFECTOR_NAME, EFFECTOR_DESCRIPTION, EFFECTOR_PARAMETERS];

/** @throws ClockerError `invalid-blueprint` */
export function effectorName(entity: Entity, config: InitializerConfig, initializer: string): string {
  const name = config.get(EFFECTOR_NAME);
  if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": ${initializer} needs a name`, { remedy: 'Give "name" in its brooklyn.config' });
  return name;
}

/** Adds the effector that an initializer is configured to add, in place of one of that name. */
export function addEffector(entity: Entity, config: InitializerConfig, initializer: string, run: (call: EffectorCall) => Promise<unknown>, returnType: string): void {
  const parameters = Object.entries(config.get(EFFECTOR_PARAMETERS)).map(([parameter, definition]) => parameterOf(entity, parameter, definition));
  const name = effectorName(entity, config, initializer);
  entity.dynamicEffectors.set(name, effector(name, config.get(EFFECTOR_DESCRIPTION), run, { parameters, returnType }));
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
