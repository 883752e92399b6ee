import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../../../model/attributes.ts";
import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { expectedState, isUp } from "../../../model/service-state.ts";
import { STARTABLE } from "../../../model/traits.ts";
import { showDuration } from "../../../model/types/index.ts";
import type { Work } from "../../../model/work.ts";

export interface GateOptions {
  /** Milliseconds for which it must stay up. */
  readonly monitor: number;
  /** Milliseconds in which it must come up. */
  readonly timeout: number;
}

const PERIOD = 500;

/**
 * Lets through an entity that is up, and stays so for a while. What has no service (a group, say) passes at once.
 * @throws ClockerError `start-failed` with what the entity says is wrong, `timeout`
 */
export async function passGate(entity: Entity, { monitor, timeout }: GateOptions, work: Work): Promise<void> {
  if (!entity.is(STARTABLE)) return;
  await work.step(
    `health gate of ${entity.displayName}`,
    async (step) => {
      const { clock, events } = entity.management;
      const deadline = clock.now() + timeout;
      let upSince: number | undefined;
      const stop = events.subscribeSensor(entity.id, SERVICE_UP.name, ({ value }) => {
        if (value !== true) upSince = undefined;
      });
      try {
        for (;;) {
          step.signal.throwIfAborted();
          if (!entity.isManaged) throw failure(entity, "it was removed meanwhile");
          if (entity.get(SERVICE_STATE) === "ON_FIRE") throw failure(entity, "it is on fire");
          const now = clock.now();
          if (isHealthy(entity)) upSince ??= now;
          if (upSince !== undefined && now - upSince >= monitor) return step.log(`"${entity.displayName}" is up, and has been for ${showDuration(monitor)}`);
          if (upSince === undefined && now >= deadline) throw failure(entity, `it is not up after ${showDuration(timeout)}`, "timeout");
          step.waitFor(upSince === undefined ? `"${entity.displayName}" to be up` : `"${entity.displayName}" to stay up`);
          await clock.sleep(upSince === undefined ? Math.min(PERIOD, Math.max(1, deadline - now)) : Math.min(PERIOD, upSince + monitor - now), step.signal);
        }
      } finally {
        stop();
        step.waitFor(undefined);
      }
    },
    { entityId: entity.id },
  );
}

export function isHealthy(entity: Entity): boolean {
  return isUp(entity) && entity.get(SERVICE_STATE) !== "ON_FIRE" && expectedState(entity) !== "STOPPED" && expectedState(entity) !== "STOPPING";
}

/** Whether an entity is meant to run, so that what takes its place should too. */
export function isMeantToRun(entity: Entity): boolean {
  if (!entity.is(STARTABLE)) return false;
  const expected = expectedState(entity);
  return expected === "RUNNING" || expected === "STARTING";
}

/** What an entity, or what is below it, says is wrong with it. */
export function troubleOf(entity: Entity): string {
  const own = [...Object.values(entity.get(SERVICE_PROBLEMS) ?? {}), ...Object.values(entity.get(SERVICE_NOT_UP_INDICATORS) ?? {})];
  return [...new Set(own.map((each) => (typeof each === "string" ? each : JSON.stringify(each))))].slice(0, 5).join("; ");
}

function failure(entity: Entity, what: string, code: "start-failed" | "timeout" = "start-failed"): ClockerError {
  const trouble = troubleOf(entity);
  return new ClockerError(code, `"${entity.displayName}" did not pass the health gate: ${what}${trouble === "" ? "" : `: ${trouble}`}`, { details: { entity: entity.id } });
}
