/** The least and the most arguments that a function takes. */
export interface Arity {
  readonly least: number;
  readonly most: number;
}

const anyNumber = Number.POSITIVE_INFINITY;

/** Functions that find an entity or something of one: they stand alone or after an entity. */
export const entityFunctions: ReadonlyMap<string, Arity> = table([
  ["self", 0, 0],
  ["entity", 1, 1],
  ["component", 1, 2],
  ["parent", 0, 0],
  ["root", 0, 0],
  ["application", 0, 0],
  ["scopeRoot", 0, 0],
  ["child", 1, 1],
  ["sibling", 1, 1],
  ["descendant", 1, 1],
  ["ancestor", 1, 1],
  ["member", 1, 1],
  ["config", 1, 2],
  ["attributeWhenReady", 1, 2],
  ["attributeWhenReadyAllowingOnFire", 1, 2],
  ["sensor", 1, 2],
  ["location", 0, 1],
  ["entityId", 0, 0],
  ["template", 1, 2],
]);

/** Functions that only stand alone. */
export const plainFunctions: ReadonlyMap<string, Arity> = table([
  ["entitySpec", 1, 1],
  ["object", 1, 1],
  ["literal", 1, 1],
  ["formatString", 1, anyNumber],
  ["urlEncode", 1, 1],
  ["regexReplacement", 3, 3],
  ["function.regexReplacement", 2, 2],
  ["external", 2, 2],
  ["chain", 1, anyNumber],
]);

/** How many arguments a function that stands alone takes; undefined when there is none of that name (reference, section 4). */
export function arityOf(name: string): Arity | undefined {
  return entityFunctions.get(name) ?? plainFunctions.get(name);
}

export function functionNames(): string[] {
  return [...entityFunctions.keys(), ...plainFunctions.keys()];
}

function table(rows: readonly (readonly [string, number, number])[]): ReadonlyMap<string, Arity> {
  return new Map(rows.map(([name, least, most]) => [name, { least, most }]));
}
