import type { ConfigKey } from "../../model/config-key.ts";
import { configKey } from "../../model/config-key.ts";
import type { EntityType } from "../../model/entity-type.ts";
import type { ParameterSpec } from "../../model/spec.ts";
import { typeByName, types } from "../../model/types/index.ts";
import { CoercionError, type ValueType } from "../../model/value-type.ts";
import { isDeferred } from "../dsl/deferred.ts";

export type ValueTypeLookup = (name: string) => ValueType<unknown> | undefined;

/** The config keys of an entity to be made: those of its type, and those that its blueprint and catalog items declare. */
export class KeyTable {
  /** The type's, which may have hundreds: not copied for each entity. */
  readonly #ofType: ReadonlyMap<string, ConfigKey>;
  readonly #aliasesOfType: ReadonlyMap<string, string>;
  readonly #declared = new Map<string, ConfigKey>();
  readonly #aliases = new Map<string, string>();

  constructor(type: EntityType | undefined, parameters: readonly ParameterSpec[], valueType?: ValueTypeLookup) {
    this.#ofType = type?.config ?? new Map<string, ConfigKey>();
    this.#aliasesOfType = type?.configAliases ?? new Map<string, string>();
    for (const parameter of parameters) this.#add(parameterKey(parameter, valueType));
  }

  /** The key's own name for a name, flag or alias; the name itself when there is no such key. */
  canonicalName(name: string): string {
    if (this.#declared.has(name) || this.#ofType.has(name)) return name;
    return this.#aliases.get(name) ?? this.#aliasesOfType.get(name) ?? name;
  }

  key(name: string): ConfigKey | undefined {
    const canonical = this.canonicalName(name);
    return this.#declared.get(canonical) ?? this.#ofType.get(canonical);
  }

  /** The key of a map that a name is an entry of: `shell.env.HOME` of `shell.env` (Brooklyn's subkeys). */
  mapKeyOf(name: string): { key: ConfigKey; entry: string } | undefined {
    for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
      const key = this.key(name.slice(0, dot));
      if (key?.type.name.startsWith("java.util.Map") === true) return { key, entry: name.slice(dot + 1) };
    }
    return undefined;
  }

  /** Declared ones stand for the type's of their name. */
  keys(): Iterable<ConfigKey> {
    return (this.#declared.size === 0 ? this.#ofType : new Map([...this.#ofType, ...this.#declared])).values();
  }

  /** Every name and alias. */
  *names(): Generator<string> {
    yield* new Set([...this.#ofType.keys(), ...this.#declared.keys(), ...this.#aliasesOfType.keys(), ...this.#aliases.keys()]);
  }

  #add(key: ConfigKey): void {
    this.#declared.set(key.name, key);
    for (const alias of key.aliases) this.#aliases.set(alias, key.name);
  }
}

/**
 * The config key that an item of `brooklyn.parameters` declares. A default that is an expression is not in it: `readBlueprint`
 * puts that into the entity's config, where it is resolved like any other.
 */
export function parameterKey(parameter: ParameterSpec, valueType?: ValueTypeLookup): ConfigKey {
  const type = parameterType(parameter, valueType) ?? types.json;
  const hasDefault = parameter.default !== undefined && parameter.default !== null && !isDeferred(parameter.default);
  return configKey<unknown>(parameter.name, type, parameter.description ?? "", {
    ...(hasDefault ? { defaultValue: defaultOf(parameter, type) } : {}),
    label: parameter.label,
    pinned: parameter.pinned ?? true,
    reconfigurable: parameter.reconfigurable ?? false,
    constraints: parameter.constraints ?? [],
    inherited: parameter.inherited ?? true,
    merge: parameter.merge ?? "overwrite",
    aliases: parameter.deprecatedNames ?? [],
  });
}

/** The type that a parameter names (text when it names none); undefined for an unknown one. */
export function parameterType(parameter: Pick<ParameterSpec, "type">, valueType?: ValueTypeLookup): ValueType<unknown> | undefined {
  if (parameter.type === undefined) return types.string;
  return valueType?.(parameter.type) ?? typeByName(parameter.type);
}

function defaultOf(parameter: ParameterSpec, type: ValueType<unknown>): unknown {
  try {
    return type.coerce(parameter.default);
  } catch (error) {
    // Refused where the parameter is read, with its place; what is stored from an older release may still hold it.
    if (error instanceof CoercionError) return undefined;
    throw error;
  }
}
