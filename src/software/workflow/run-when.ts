import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";

export interface RunWhen {
  /** Milliseconds between two runs; only triggers count when absent. */
  readonly period: number | undefined;
  readonly triggers: readonly string[];
  /** Its outcome is for whoever looks at its task: it is not waited for by anybody else. */
  readonly run: () => Promise<unknown>;
}

/**
 * Runs something every period, first at once, and when one of the entity's sensors changes: one run at a time, and a change meanwhile has it run once more.
 * @returns the way to stop
 */
export function runWhen(entity: Entity, { period, triggers, run }: RunWhen): () => void {
  const { clock, events } = entity.management;
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
  if (period !== undefined) cancel = clock.after(0, again);
  const stops = triggers.map((name) => events.subscribeSensor(entity.id, name, begin));
  return () => {
    isStopped = true;
    cancel();
    for (const stop of stops) stop();
  };
}

/** The names of sensors in `triggers`: a name, a map with `sensor`, or a list of those. @throws ClockerError `invalid-blueprint` */
export function triggersOf(raw: unknown, subject: string): string[] {
  if (raw === undefined || raw === null) return [];
  if (Array.isArray(raw)) return raw.flatMap((each) => triggersOf(each, subject));
  if (typeof raw === "string") return [raw];
  if (isRecord(raw) && typeof raw["sensor"] === "string" && raw["entity"] === undefined) return [raw["sensor"]];
  if (isRecord(raw) && typeof raw["name"] === "string") return [raw["name"]];
  throw new ClockerError("invalid-blueprint", `Cannot read "triggers" of ${subject}: expected names of the entity's own sensors`);
}
