import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { withoutSecret } from "./secrets.ts";
import { jsonOf, shownValue } from "./values.ts";

export interface ConfigReading {
  /** As written: `$brooklyn:` expressions are not resolved. */
  readonly raw: boolean;
}

/** All keys that have a value, set here or inherited, with the value as JSON. */
export async function currentConfig(entity: Entity, reading: ConfigReading): Promise<Record<string, unknown>> {
  const names = new Set(entity.config.own().keys());
  for (const key of entity.config.keys()) if (entity.config.find(key) !== undefined) names.add(key.name);
  const entries = await Promise.all([...names].sort().map(async (name) => [name, await configValue(entity, name, reading)] as const));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/**
 * One key's value as JSON: undefined when it is unset.
 * @throws ClockerError `not-found` when nobody declared or set it.
 */
export async function configValue(entity: Entity, name: string, reading: ConfigReading): Promise<unknown> {
  const canonical = entity.config.canonicalName(name);
  const key = entity.config.key(canonical);
  const found = entity.config.find(key ?? { name: canonical, aliases: [], inherited: true });
  if (key === undefined && found === undefined) throw new ClockerError("not-found", `Config '${name}' not known`);
  if (found === undefined) return key === undefined ? undefined : shownValue(name, key.defaultValue, key.type, { secret: key.secret });
  const value = reading.raw ? found.raw : await resolved(entity, found);
  if (key?.secret === true) return shownValue(name, value, undefined, { secret: true });
  return withoutSecret(canonical, reading.raw || key === undefined ? jsonOf(value) : throughType(key, value)) ?? undefined;
}

/** The value without waiting; an expression that would have to wait, or fails, is shown as it was written. */
async function resolved(entity: Entity, { raw, owner }: { raw: unknown; owner: Entity }): Promise<unknown> {
  if (!entity.management.isDeferred(raw)) return raw;
  try {
    return (await entity.management.resolve(raw, owner, undefined)) ?? raw;
  } catch {
    // Reading must not fail because a component is missing: the task that needs the value says so.
    return raw;
  }
}

/** As the key's type writes it; as it is where it doesn't fit. */
function throughType(key: ConfigKey, value: unknown): unknown {
  try {
    return jsonOf(key.type.toJson(key.type.coerce(value)));
  } catch {
    return jsonOf(value);
  }
}
