import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Json } from "../../model/spec.ts";
import { showDuration, types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Work } from "../../model/work.ts";
import { dslError, NotReady, type Resolution } from "./resolution.ts";

/** Options of `attributeWhenReady`; durations in milliseconds. */
interface WaitOptions {
  readonly timeout: number;
  /** How long it may stay stopped while it is waited for. */
  readonly timeoutIfDown: number;
  readonly abortIfOnFire: boolean;
  readonly waitForTruthy: boolean;
}

/** `timeout`, `timeout_if_down`, `abort_if_on_fire`, `wait_for_truthy`, with Brooklyn's defaults (reference, section 4). */
export function waitOptions(given: unknown, defaults: { abortIfOnFire: boolean }, resolution: Resolution): WaitOptions {
  const read = typeof given === "object" && given !== null ? (name: string): unknown => Reflect.get(given, name) ?? undefined : () => undefined;
  try {
    return {
      timeout: types.duration.coerce(read("timeout") ?? "forever"),
      timeoutIfDown: types.duration.coerce(read("timeout_if_down") ?? "1m"),
      abortIfOnFire: types.boolean.coerce(read("abort_if_on_fire") ?? defaults.abortIfOnFire),
      waitForTruthy: types.boolean.coerce(read("wait_for_truthy") ?? true),
    };
  } catch (error) {
    if (error instanceof CoercionError) throw dslError(`Invalid options of attributeWhenReady: ${error.message}`, resolution);
    throw error;
  }
}

/**
 * A sensor's value as JSON, once it is ready: true in Groovy's sense. The task that asks shows what it waits for.
 * @throws ClockerError `timeout`; `invalid-value` when the entity is on fire, stopped or gone; the signal's reason when cancelled
 */
export async function waitForSensor(entity: Entity, sensorName: string, options: WaitOptions, resolution: Resolution): Promise<Json> {
  const ready = readySensor(entity, sensorName, options);
  if (ready !== undefined) return ready.value;
  const { work } = resolution;
  if (work === undefined) throw new NotReady();
  const what = `sensor ${sensorName} of ${entity.displayName}`;
  work.waitFor(what);
  try {
    return await new SensorWait({ entity, sensorName, options, resolution, work, what }).outcome;
  } finally {
    work.waitFor(undefined);
  }
}

interface Wait {
  readonly entity: Entity;
  readonly sensorName: string;
  readonly options: WaitOptions;
  readonly resolution: Resolution;
  readonly work: Work;
  readonly what: string;
}

/** Looks again whenever the sensor or the state of its entity changes, until one outcome settles it; then all its subscriptions and timers are gone. */
class SensorWait {
  readonly outcome: Promise<Json>;
  readonly #wait: Wait;
  readonly #stops: (() => void)[] = [];
  #stopDownTimer: (() => void) | undefined;
  #isEnded = false;
  #resolve: (value: Json) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(wait: Wait) {
    this.#wait = wait;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#listen();
    if (wait.work.signal.aborted) this.#fail(cancellation(wait));
    else this.#look();
  }

  #listen(): void {
    const { entity, sensorName, options, work } = this.#wait;
    const { clock, events } = entity.management;
    const onAbort = () => this.#fail(cancellation(this.#wait));
    work.signal.addEventListener("abort", onAbort, { once: true });
    this.#stops.push(
      () => work.signal.removeEventListener("abort", onAbort),
      events.subscribeSensor(entity.id, sensorName, () => this.#look()),
      events.subscribeSensor(entity.id, "service.state", () => this.#look()),
      events.subscribeEntity(entity.id, (event) => event.kind === "entity-removed" && event.entity === entity && this.#fail(goneError(this.#wait))),
    );
    if (Number.isFinite(options.timeout)) this.#stops.push(clock.after(Math.max(0, options.timeout), () => this.#fail(timedOut(this.#wait))));
  }

  #look(): void {
    // The bus finishes the delivery that was under way when the wait ended.
    if (this.#isEnded) return;
    const { entity, sensorName, options } = this.#wait;
    const ready = readySensor(entity, sensorName, options);
    const hindrance = hindranceOf(this.#wait);
    if (ready !== undefined) {
      this.#end();
      this.#resolve(ready.value);
    } else if (hindrance !== undefined) this.#fail(hindrance);
    else this.#watchIfDown();
  }

  #watchIfDown(): void {
    const { entity, options, what, resolution } = this.#wait;
    if (!isDown(entity)) {
      this.#stopDownTimer?.();
      this.#stopDownTimer = undefined;
    } else if (Number.isFinite(options.timeoutIfDown)) {
      const state = stateOf(entity)?.toLowerCase();
      this.#stopDownTimer ??= entity.management.clock.after(Math.max(0, options.timeoutIfDown), () => this.#fail(dslError(`Cannot wait longer for ${what}: it is ${state}`, resolution)));
    }
  }

  #fail(error: Error): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#isEnded = true;
    this.#stopDownTimer?.();
    for (const stop of this.#stops.splice(0)) stop();
  }
}

function cancellation({ work, what }: Wait): Error {
  return work.signal.reason instanceof Error ? work.signal.reason : new ClockerError("cancelled", `Cancelled while waiting for ${what}`);
}

function goneError({ what, resolution }: Wait): ClockerError {
  return dslError(`Cannot wait for ${what}: the entity is gone`, resolution);
}

function timedOut(wait: Wait): ClockerError {
  return new ClockerError("timeout", `Waited ${showDuration(wait.options.timeout)} for ${wait.what}, and it is not ready`, { remedy: `See why ${wait.entity.displayName} does not publish it, or give attributeWhenReady a longer timeout` });
}

function hindranceOf(wait: Wait): Error | undefined {
  const { entity, options, resolution, what } = wait;
  if (!entity.isManaged) return goneError(wait);
  if (options.abortIfOnFire && stateOf(entity) === "ON_FIRE") return dslError(`Cannot wait for ${what}: ${entity.displayName} is on fire`, resolution, `See the problems of ${entity.displayName}`);
  return undefined;
}

function readySensor(entity: Entity, sensorName: string, options: WaitOptions): { value: Json } | undefined {
  const held = entity.sensorValue(sensorName);
  if (held === undefined) return undefined;
  if (options.waitForTruthy && !isTruthy(held.value)) return undefined;
  return { value: sensorJson(entity, sensorName, held.value) };
}

function sensorJson(entity: Entity, sensorName: string, value: unknown): Json {
  const sensor = entity.sensor(sensorName);
  // A value type writes its values as JSON.
  return (sensor === undefined ? value : sensor.type.toJson(value)) as Json;
}

function isDown(entity: Entity): boolean {
  const state = stateOf(entity);
  return state === "STOPPING" || state === "STOPPED" || state === "DESTROYED";
}

function stateOf(entity: Entity): string | undefined {
  const state = entity.sensorValue("service.state")?.value;
  return typeof state === "string" ? state.toUpperCase() : undefined;
}

/** Groovy's truth: not null, false, zero, nor anything empty. */
function isTruthy(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  return Object.getPrototypeOf(value) !== Object.prototype || Object.keys(value).length > 0;
}
