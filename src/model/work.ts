/**
 * A running task, as the code that does the work sees it. Everything that takes time gets one: it makes sub-tasks, writes
 * streams, says what it waits for, and stops when `signal` aborts. `src/model/task.ts` holds the record behind it.
 */
export interface Work {
  readonly taskId: string;
  readonly signal: AbortSignal;
  /** Runs `body` as a sub-task: it shows in the task tree with its own times, streams and outcome. */
  step<T>(name: string, body: (work: Work) => Promise<T>, options?: StepOptions): Promise<T>;
  /** Appends to a stream of this task (`stdout`, `stderr`, `stdin`, `env`, ...). Bounded: the head and the tail are kept. */
  write(stream: string, chunk: string): void;
  /** A line for people on this task's `stdout`. */
  log(line: string): void;
  /** What this task is waiting for now, for instance `sensor datastore.url of MySQL`; undefined when it goes on. */
  waitFor(what: string | undefined): void;
}

export interface StepOptions {
  description?: string;
  /** The entity that the step works on; the parent's when absent. */
  entityId?: string;
  /** Task tags beside the inherited ones (`TRANSIENT`, `EFFECTOR`, ...). */
  tags?: readonly unknown[];
  /** An inessential step's failure is recorded on the step, and does not fail its parent: `step` then resolves to undefined. */
  inessential?: boolean;
}

/** The same work, with a second signal that ends it and all its steps. */
export function alsoEndedBy(work: Work, signal: AbortSignal): Work {
  return {
    taskId: work.taskId,
    signal: AbortSignal.any([work.signal, signal]),
    step: (name, body, options) => work.step(name, (inner) => body(alsoEndedBy(inner, signal)), options),
    write: (stream, chunk) => work.write(stream, chunk),
    log: (line) => work.log(line),
    waitFor: (what) => work.waitFor(what),
  };
}

/**
 * Runs `body` for all items at once, waits for every one to end, then throws the first failure: nothing is left running unobserved.
 */
export async function inParallel<T, R>(items: Iterable<T>, body: (item: T) => Promise<R>): Promise<R[]> {
  const outcomes = await Promise.allSettled([...items].map((item) => body(item)));
  const results: R[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") throw outcome.reason;
    results.push(outcome.value);
  }
  return results;
}
