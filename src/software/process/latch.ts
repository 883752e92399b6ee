import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";

/**
 * Waits until a latch opens: until its value, usually `$brooklyn:attributeWhenReady`, can be had. As in Brooklyn a value that resolves to
 * false does not hold anything up. Nothing happens where the latch is not set.
 */
export async function waitForLatch(entity: Entity, latch: ConfigKey<boolean>, work: Work): Promise<void> {
  const found = entity.config.find(latch);
  if (found === undefined) return;
  await work.step(`waiting for ${latch.name}`, async (step) => {
    step.waitFor(`${latch.name} of "${entity.displayName}"`);
    const open = await entity.config.get(latch, step);
    if (open !== true) step.log(`${latch.name} is ${String(open)}: not waiting`);
  });
}
