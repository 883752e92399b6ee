import type { Management } from "../../model/management.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { JsonObject } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";

/** How many may be behind a latch at a time (Brooklyn's `ReleaseableLatch`): the value of a `MaxConcurrencySensor`, as sensors keep it. */
export interface ConcurrencyLimit {
  /** Whose sensor it is, and which: they tell one limit from another. */
  readonly id: string;
  readonly most: number;
}

const MOST = "latch.concurrency.max";
const ID = "latch.id";

export function concurrencyLimitJson({ id, most }: ConcurrencyLimit): JsonObject {
  return { [ID]: id, [MOST]: most };
}

export function concurrencyLimitOf(value: unknown): ConcurrencyLimit | undefined {
  if (!isRecord(value)) return undefined;
  const { [ID]: id, [MOST]: most } = value;
  return typeof id === "string" && typeof most === "number" ? { id, most } : undefined;
}

interface Places {
  taken: number;
  readonly waiting: Set<() => void>;
}

/** Who is in is known to this process only: after a restart of the server nobody is. */
const places = new WeakMap<Management, Map<string, Places>>();

/** Waits for a place, first come first served. What comes back gives it back, once. */
export async function takePlace(management: Management, { id, most }: ConcurrencyLimit, work: Work): Promise<() => void> {
  const all = places.get(management) ?? new Map<string, Places>();
  places.set(management, all);
  const here = all.get(id) ?? { taken: 0, waiting: new Set() };
  all.set(id, here);
  if (here.taken >= most) {
    work.log(`${here.taken} of ${most} are behind the latch: waiting`);
    await turn(here, work.signal);
  } else here.taken++;
  let isOut = false;
  return () => {
    if (isOut) return;
    isOut = true;
    // A place goes from hand to hand while others wait.
    const [next] = here.waiting;
    if (next === undefined) here.taken--;
    else next();
    if (here.taken === 0) all.delete(id);
  };
}

function turn(here: Places, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      here.waiting.delete(enter);
      signal.removeEventListener("abort", giveUp);
    };
    const enter = (): void => {
      end();
      resolve();
    };
    const giveUp = (): void => {
      end();
      reject(signal.reason);
    };
    if (signal.aborted) return giveUp();
    here.waiting.add(enter);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}
