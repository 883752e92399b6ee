import type { ValueType } from "./value-type.ts";

/**
 * One exported constant a config key: reading it gives its TypeScript type, and the same definition feeds the REST API,
 * the catalog form, the docs and YAML coercion.
 */
export interface ConfigKey<T = unknown> {
  readonly name: string;
  readonly type: ValueType<T>;
  readonly description: string;
  readonly defaultValue: T | undefined;
  /** Other names under which YAML may give it: the flag of Brooklyn's `@SetFromFlag` first, then names of earlier releases. */
  readonly aliases: readonly string[];
  /** Whether children see a parent's value (Brooklyn's `inheritance.runtime`). */
  readonly inherited: boolean;
  /** How a value meets the one it inherits: replaced, or maps merged key by key. */
  readonly merge: "overwrite" | "deep_merge";
  readonly label: string | undefined;
  readonly pinned: boolean;
  readonly reconfigurable: boolean;
  /** `required`, `{regex: ...}`, ... as `brooklyn.parameters` writes them. */
  readonly constraints: readonly unknown[];
  /** Never shown in clear. */
  readonly secret: boolean;
}

type Optional<T> = Partial<Omit<ConfigKey<T>, "name" | "type" | "description">> & { flag?: string };

export function configKey<T>(name: string, type: ValueType<T>, description: string, options: Optional<T> & { defaultValue: T }): ConfigKey<T> & { readonly defaultValue: T };
export function configKey<T>(name: string, type: ValueType<T>, description: string, options?: Optional<T>): ConfigKey<T>;
export function configKey<T>(name: string, type: ValueType<T>, description: string, options: Optional<T> = {}): ConfigKey<T> {
  const { flag, aliases = [], ...rest } = options;
  return {
    name,
    type,
    description,
    defaultValue: undefined,
    inherited: true,
    merge: "overwrite",
    label: undefined,
    pinned: false,
    reconfigurable: false,
    constraints: [],
    secret: false,
    ...rest,
    aliases: flag === undefined ? aliases : [flag, ...aliases],
  };
}
