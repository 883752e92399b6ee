import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { showDuration } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";

/** Runs work that is asked to stop after `limit` milliseconds. @throws ClockerError `timeout` */
export async function withTimeout<T>(work: Work, clock: Clock, limit: number | undefined, name: string, body: (work: Work) => Promise<T>): Promise<T> {
  if (limit === undefined || !Number.isFinite(limit)) return body(work);
  const controller = new AbortController();
  const late = new ClockerError("timeout", `"${name}" took longer than ${showDuration(limit)}`);
  const cancel = clock.after(limit, () => controller.abort(late));
  try {
    return await body(bounded(work, controller.signal));
  } catch (error) {
    if (controller.signal.aborted && !work.signal.aborted) throw late;
    throw error;
  } finally {
    cancel();
  }
}

/** The same work, its steps too, with one more signal that stops it. */
function bounded(work: Work, signal: AbortSignal): Work {
  return {
    taskId: work.taskId,
    signal: AbortSignal.any([work.signal, signal]),
    step: (name, body, options) => work.step(name, (inner) => body(bounded(inner, signal)), options),
    write: (stream, chunk) => work.write(stream, chunk),
    log: (line) => work.log(line),
    waitFor: (what) => work.waitFor(what),
  };
}
