import type { Settings } from "../../model/adjunct-settings.ts";
import { messageOf } from "../../model/errors.ts";
import { together } from "../../model/follow-entities.ts";
import { onNotification } from "../../model/notification.ts";
import { policy } from "../policy-type.ts";
import { EFFECTOR, EFFECTOR_ARGUMENTS, EffectorCalls } from "./effector-call.ts";
import { ENABLED_SENSOR, firstTime, isEnabled, RUNNING, SCHEDULED, START_SENSOR, TIME, WAIT, whenStarted } from "./scheduled-keys.ts";
import { at, nextTime } from "./timing.ts";

export const INVOKE_NOW = "scheduler.invoke.now";
export const INVOKE_AT = "scheduler.invoke.at";

/** Calls that were due while the server did not run are not made up for; those to come are kept. */
export const scheduledEffectorPolicy = policy({
  name: "action.ScheduledEffectorPolicy",
  displayName: "Scheduled Effector",
  description: `Invokes an effector at a time, at times that sensor ${INVOKE_AT} is set to, and when ${INVOKE_NOW} becomes true`,
  config: [EFFECTOR, EFFECTOR_ARGUMENTS, TIME, WAIT, START_SENSOR, ENABLED_SENSOR, SCHEDULED, RUNNING],
  unresolved: [EFFECTOR_ARGUMENTS],
  begin: (settings) => {
    const schedule = new Schedule(settings);
    return () => schedule.stop();
  },
});

class Schedule {
  readonly #settings: Settings;
  readonly #effector: string;
  readonly #calls: EffectorCalls;
  readonly #cancels = new Map<number, () => void>();
  readonly #stop: () => void;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#effector = settings.require(EFFECTOR);
    this.#calls = new EffectorCalls(settings, { whileBusy: "once-more" });
    this.#calls.check(this.#effector);
    const { owner } = settings;
    const wasBegun = settings.get(RUNNING);
    this.#stop = together([
      whenStarted(settings, () => this.#begin(wasBegun)),
      onNotification(owner, INVOKE_NOW, (value) => this.#whenBegun(() => value === true && this.#call(`${INVOKE_NOW} is set`))),
      onNotification(owner, INVOKE_AT, (value) => this.#whenBegun(() => this.#add(timeIn(value, this.#now())))),
    ]);
  }

  stop(): void {
    this.#stop();
    for (const cancel of this.#cancels.values()) cancel();
    this.#calls.stop();
  }

  #begin(wasBegun: boolean): void {
    const kept = this.#settings.get(SCHEDULED);
    const left = kept.filter((time) => time >= this.#now());
    if (left.length < kept.length) this.#settings.adjunct.remember(SCHEDULED, left);
    for (const time of left) this.#await(time);
    const first = wasBegun ? undefined : firstTime(this.#settings);
    if (first !== undefined) this.#add(first);
  }

  #whenBegun(body: () => unknown): void {
    if (!this.#settings.get(RUNNING)) return;
    try {
      body();
    } catch (error) {
      this.#settings.adjunct.highlight("lastError", messageOf(error));
    }
  }

  #add(time: number): void {
    if (this.#cancels.has(time)) return;
    this.#settings.adjunct.remember(SCHEDULED, [...this.#settings.get(SCHEDULED), time]);
    this.#await(time);
  }

  #await(time: number): void {
    this.#cancels.set(time, at(this.#settings.owner.management.clock, time, () => this.#due(time)));
  }

  #due(time: number): void {
    this.#cancels.delete(time);
    this.#settings.adjunct.remember(SCHEDULED, this.#settings.get(SCHEDULED).filter((each) => each !== time));
    this.#call(`scheduled for ${new Date(time).toISOString()}`);
  }

  #call(why: string): void {
    if (isEnabled(this.#settings)) this.#calls.call(this.#effector, this.#settings.get(EFFECTOR_ARGUMENTS), why);
  }

  #now(): number {
    return this.#settings.owner.management.clock.now();
  }
}

function timeIn(value: unknown, now: number): number {
  return typeof value === "number" ? value : nextTime(String(value), now);
}
