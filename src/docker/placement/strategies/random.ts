import type { StrategyDefinition } from "../definition.ts";
import { orderBy } from "../strategy.ts";

/** Any host, drawn by the id of the entity to be placed: the same request on the same hosts draws the same again. */
export const random: StrategyDefinition<never> = {
  name: "random",
  aliases: ["shuffle"],
  options: {},
  create: () =>
    orderBy({
      name: "random",
      describe: () => "any host",
      compare: (a, b, request) => draw(request.entityId, a.id) - draw(request.entityId, b.id),
      explain: () => "drawn at random",
    }),
};

/** A number from 0 to 2^32 - 1 for a pair of ids: FNV-1a, then mixed so that ids that differ in their last letter lie far apart. */
function draw(entityId: string, hostId: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${entityId}/${hostId}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
