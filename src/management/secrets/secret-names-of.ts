import type { Entity } from "../../model/entity.ts";

/** Names whose values an entity's own definitions call secret, whatever the names say: of its config, its adjuncts' config, its sensors. */
export function secretNamesOf(entity: Entity): (name: string) => boolean {
  const names = new Set<string>();
  for (const key of [...entity.config.keys(), ...entity.adjuncts.flatMap(({ type }) => type.config)]) if (key.secret) names.add(key.name);
  return (name) => names.has(name);
}
