import type { Entity } from "../../model/entity.ts";
import { isMachineLocation } from "../../provider/location.ts";
import { SERVICE_STATE_EXPECTED, SERVICE_UP } from "../stock/attributes.ts";
import { expectedState, isUp } from "../stock/service-state.ts";
import { STARTABLE } from "../stock/startable.ts";
import { momentOf } from "./moment-of.ts";
import { startPolling, type Poll, type PollOptions } from "./poll.ts";

export interface WhileRunningOptions<T> extends Omit<PollOptions<T>, "isDue" | "delay"> {
  /** Whether it needs the entity's machine, and so waits for one. */
  readonly needsMachine: boolean;
  readonly onlyIfServiceUp: boolean;
  /** Whether to let a period pass before the first poll. */
  readonly skipsFirst?: boolean;
  /** Sensors of the entity whose changes ask for a poll at once. */
  readonly triggers?: readonly string[];
}

/**
 * Polls for as long as the entity is managed, but only while it is started: at once when it starts, comes up, or one of the triggers changes, and
 * every period between. For initializers, which are applied before there is anything to poll and again after a restart of the server.
 */
export function pollWhileRunning<T>(options: WhileRunningOptions<T>): Poll {
  const { entity, needsMachine, onlyIfServiceUp, triggers = [] } = options;
  const { events } = entity.management;
  const isDue = (): boolean => isStarted(entity) && (!needsMachine || entity.locations.some((location) => isMachineLocation(location))) && (!onlyIfServiceUp || isUp(entity));
  const poll = startPolling({ ...options, isDue, delay: options.skipsFirst === true ? options.period : firstDelay(entity, options.period) });
  const now = (): void => {
    if (isDue()) poll.now();
  };
  const wakers = [SERVICE_STATE_EXPECTED.name, SERVICE_UP.name, ...triggers];
  const stops = wakers.map((name) => events.subscribeSensor(entity.id, name, now));
  entity.addWatch(() => {
    for (const stop of stops) stop();
    poll.stop();
  });
  return poll;
}

/** After a restart of the server all polls begin at once: each waits for a moment of its own. An entity that is made is woken when it starts. */
function firstDelay(entity: Entity, period: number): number {
  return entity.is(STARTABLE) ? momentOf(entity.id) * Math.min(period, LONGEST_DELAY) : 0;
}

const LONGEST_DELAY = 10_000;

/** Entities that are never started count as started. */
function isStarted(entity: Entity): boolean {
  const expected = expectedState(entity);
  return entity.is(STARTABLE) ? expected === "RUNNING" || expected === "STARTING" : expected !== "STOPPED";
}
