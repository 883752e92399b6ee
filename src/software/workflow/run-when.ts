import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { entityOf } from "./find-entity.ts";

/** A sensor whose changes run something. */
export interface Trigger {
  readonly sensor: string;
  /** Whose: an id, a name, a `$brooklyn:` expression; the entity's own when absent. */
  readonly entity: unknown;
}

export interface RunWhen {
  /** Milliseconds between two runs; only triggers count when absent. */
  readonly period: number | undefined;
  readonly triggers: readonly Trigger[];
  /** Its outcome is for whoever looks at its task: it is not waited for by anybody else. */
  readonly run: () => Promise<unknown>;
  readonly skipsFirst?: boolean;
}

/** Milliseconds until an entity is looked for again that a trigger names and that is not there yet. */
const LOOK_AGAIN = 1_000;
const LOOKS = 60;

/**
 * Runs something every period, first at once, and when one of the sensors changes: one run at a time, and a change meanwhile has it run once more.
 * @returns the way to stop
 */
export function runWhen(entity: Entity, { period, triggers, run, skipsFirst = false }: RunWhen): () => void {
  const { clock } = entity.management;
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let cancel = (): void => {};
  const begin = (): void => {
    if (isStopped || !entity.isManaged) return;
    if (isRunning) {
      isWanted = true;
      return;
    }
    isRunning = true;
    isWanted = false;
    const ended = (): void => {
      isRunning = false;
      if (isWanted) begin();
    };
    run().then(ended, ended);
  };
  const again = (): void => {
    begin();
    if (period !== undefined) cancel = clock.after(period, again);
  };
  // Not now: what the steps name is still being made, also after a restart.
  if (period !== undefined) cancel = clock.after(skipsFirst ? period : 0, again);
  const stops = triggers.map((trigger) => listen(entity, trigger, begin));
  return () => {
    isStopped = true;
    cancel();
    for (const stop of stops) stop();
  };
}

/** Listens to the sensor; to another entity's once that is there. */
function listen(entity: Entity, trigger: Trigger, onChange: () => void): () => void {
  const { clock, events } = entity.management;
  if (trigger.entity === undefined) return events.subscribeSensor(entity.id, trigger.sensor, onChange);
  let stop = (): void => {};
  let isStopped = false;
  const look = (left: number): void => {
    stop = clock.after(left === LOOKS ? 0 : LOOK_AGAIN, () => {
      void sourceOf(entity, trigger.entity).then((source) => {
        if (isStopped) return;
        if (source !== undefined) stop = events.subscribeSensor(source.id, trigger.sensor, onChange);
        else if (left > 0) look(left - 1);
      });
    });
  };
  look(LOOKS);
  return () => {
    isStopped = true;
    stop();
  };
}

/** Never rejects: what is not there yet may come. */
async function sourceOf(entity: Entity, reference: unknown): Promise<Entity | undefined> {
  try {
    const { management } = entity;
    const resolved = management.isDeferred(reference) ? await management.resolve(reference, entity, undefined) : reference;
    return resolved === undefined ? undefined : entityOf(resolved, entity);
  } catch (error) {
    if (error instanceof ClockerError) return undefined;
    throw error;
  }
}

/** What `triggers` means: a name, a map with `sensor` and perhaps `entity`, or a list of those. @throws ClockerError `invalid-blueprint` */
export function triggersOf(raw: unknown, subject: string): Trigger[] {
  if (raw === undefined || raw === null) return [];
  if (Array.isArray(raw)) return raw.flatMap((each) => triggersOf(each, subject));
  if (typeof raw === "string") return [{ sensor: raw, entity: undefined }];
  if (isRecord(raw)) {
    const { sensor, name, entity } = raw;
    if (typeof sensor === "string") return [{ sensor, entity: entity ?? undefined }];
    if (isRecord(sensor) && typeof sensor["name"] === "string") return [{ sensor: sensor["name"], entity: entity ?? undefined }];
    if (typeof name === "string") return [{ sensor: name, entity: entity ?? undefined }];
  }
  throw new ClockerError("invalid-blueprint", `Cannot read "triggers" of ${subject}: expected names of sensors, or maps with "sensor" and "entity"`);
}
