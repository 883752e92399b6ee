import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { WorkflowRuns } from "./run/runs.ts";
import type { WorkflowRun } from "./run/workflow-run.ts";

/**
 * Runs `body` while no other workflow of the entity holds the lock. As in Brooklyn it is a sensor, `lock-NAME`, with the id of the workflow that holds it, which
 * workflows may set and clear themselves; one that has ended, however that was, holds it no more.
 */
export async function withLock<T>(run: WorkflowRun, name: string | undefined, work: Work, body: () => Promise<T>): Promise<T> {
  if (name === undefined) return body();
  const { entity } = run;
  const lock = sensor(`lock-${name}`, types.string, `The workflow that holds the lock "${name}"`);
  const holder = (): string | undefined => {
    const value = entity.sensorValue(lock.name)?.value;
    return value === undefined || value === null || value === "" || value === run.id ? undefined : String(value);
  };
  const isFree = (): boolean => {
    const held = holder();
    return held === undefined || WorkflowRuns.of(entity.management).of(entity).some(({ id, isEnded }) => id === held && isEnded);
  };
  while (!isFree()) {
    work.waitFor(`the lock "${name}", which workflow ${holder()} holds`);
    await nextChange(run, lock.name, work);
  }
  work.waitFor(undefined);
  entity.set(lock, run.id);
  try {
    return await body();
  } finally {
    if (entity.isManaged && entity.sensorValue(lock.name)?.value === run.id) entity.set(lock, undefined);
  }
}

async function nextChange({ entity }: WorkflowRun, name: string, work: Work): Promise<void> {
  const changed = Promise.withResolvers<void>();
  const stop = entity.management.events.subscribeSensor(entity.id, name, () => changed.resolve());
  const abort = (): void => changed.reject(work.signal.reason);
  work.signal.addEventListener("abort", abort, { once: true });
  try {
    work.signal.throwIfAborted();
    await changed.promise;
  } finally {
    stop();
    work.signal.removeEventListener("abort", abort);
  }
}
