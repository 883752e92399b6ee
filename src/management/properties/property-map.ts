/** A property, and where it was read. */
export interface Property {
  readonly value: string;
  /** `FILE:LINE`, `the environment` or `the command line`. */
  readonly source: string;
  /** Whether the value came from an external config supplier: a secret, whatever its name. */
  readonly isExternal?: true;
}

/** Properties by name, in the order of reading. */
export type PropertyMap = ReadonlyMap<string, Property>;

/** The properties whose names begin with a prefix, without it. */
export function stripped(properties: PropertyMap, prefix: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, { value }] of properties) if (key.startsWith(prefix) && key.length > prefix.length) found.set(key.slice(prefix.length), value);
  return found;
}
