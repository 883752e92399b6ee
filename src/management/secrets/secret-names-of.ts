import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";

/** Of each type the names of its keys that are secret: types do not change. */
const ofTypes = new WeakMap<object, ReadonlySet<string>>();

/** Names whose values an entity's own definitions call secret, whatever the names say: of its config, its adjuncts' config. */
export function secretNamesOf({ type, config, adjuncts }: Entity): (name: string) => boolean {
  const ofType = namesIn(type, type.config.values());
  const ofAdjuncts = adjuncts.map((adjunct) => namesIn(adjunct.type, adjunct.type.config)).filter((names) => names.size > 0);
  const own = config.parameters();
  // A parameter of the blueprint stands for the type's key of its name.
  return (name) => (own.find((key) => key.name === name)?.secret ?? ofType.has(name)) || ofAdjuncts.some((names) => names.has(name));
}

function namesIn(type: object, keys: Iterable<ConfigKey>): ReadonlySet<string> {
  let names = ofTypes.get(type);
  if (names === undefined) ofTypes.set(type, (names = new Set([...keys].filter((key) => key.secret).map((key) => key.name))));
  return names;
}
