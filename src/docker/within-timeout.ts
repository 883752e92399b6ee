import type { Entity } from "../model/entity.ts";
import { ClockerError } from "../model/errors.ts";
import { showDuration } from "../model/types/index.ts";
import { alsoEndedBy, type Work } from "../model/work.ts";

/** Runs `body` and ends it, with an error that names the key to raise, when it takes longer than `timeout` milliseconds. */
export async function withinTimeout(entity: Entity, what: string, timeout: number, key: string, work: Work, body: (work: Work) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const late = new ClockerError("timeout", `Cannot start ${what} "${entity.displayName}": it took longer than ${showDuration(timeout)}`, {
    remedy: `Look at the tasks for what it waited for; raise "${key}" where it only takes long`,
  });
  const disarm = entity.management.clock.after(timeout, () => controller.abort(late));
  try {
    await body(alsoEndedBy(work, controller.signal));
  } catch (error) {
    // What was waited for tells of the abort in its own words.
    if (controller.signal.aborted) throw late;
    throw error;
  } finally {
    disarm();
  }
}
