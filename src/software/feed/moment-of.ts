/** A number from 0 to 1 that is the entity's own: spreads over time what would otherwise happen to all at once. */
export function momentOf(entityId: string): number {
  let hash = 0;
  for (const char of entityId) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return hash / 65_521;
}
