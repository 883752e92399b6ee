import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";
import { concurrencyLimitOf, takePlace } from "./concurrency-limit.ts";

/**
 * Runs `body` behind a latch: once its value, usually `$brooklyn:attributeWhenReady`, can be had. As in Brooklyn a value that resolves to false does
 * not hold anything up, and one that is a limit of concurrency (`MaxConcurrencySensor`) lets only so many in at a time. Nothing is waited for
 * where the latch is not set.
 */
export async function behindLatch<T>(entity: Entity, latch: ConfigKey<boolean>, work: Work, body: () => Promise<T>): Promise<T> {
  const found = entity.config.find(latch);
  if (found === undefined) return await body();
  const leave = await work.step(`waiting for ${latch.name}`, async (step) => {
    step.waitFor(`${latch.name} of "${entity.displayName}"`);
    const value = await entity.management.resolve(found.raw, found.owner, step);
    const limit = concurrencyLimitOf(value);
    if (limit !== undefined) return await takePlace(entity.management, limit, step);
    const open = value === undefined || value === null ? latch.defaultValue : entity.config.coerce(latch, value);
    if (open !== true) step.log(`${latch.name} is ${String(open)}: not waiting`);
    return () => {};
  });
  try {
    return await body();
  } finally {
    leave();
  }
}
