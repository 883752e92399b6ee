import { randomFillSync } from "node:crypto";

/** Bytes got from the system at a time. */
const POOL = 8_192;

/**
 * A source of random bytes that asks the system for many at once: ids are made by the thousand, of a few bytes each. Each byte is given once.
 * For ids only: keys come straight from the system.
 */
export function pooledRandom(): (size: number) => Uint8Array {
  const pool = new Uint8Array(POOL);
  let used = POOL;
  return (size) => {
    if (size > POOL) return randomFillSync(new Uint8Array(size));
    if (used + size > POOL) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + size);
    pool.fill(0, used, (used += size));
    return bytes;
  };
}
