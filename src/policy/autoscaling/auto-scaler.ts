import type { Settings } from "../../model/adjunct-settings.ts";
import { GROUP_SIZE, SERVICE_STATE_EXPECTED, SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { together } from "../../model/follow-entities.ts";
import { onNotification } from "../../model/notification.ts";
import { onLeftAlone, operationOn } from "../../model/operator.ts";
import { expectedState } from "../../model/service-state.ts";
import { mayAct, policy, requireEffector } from "../policy-type.ts";
import { clamp, desiredSize, type Limits, type Load, withinLimits } from "./desired-size.ts";
import * as keys from "./keys.ts";
import { MaxSizeWatch } from "./max-size-watch.ts";
import { SizeHistory } from "./size-history.ts";
import { isForWantOfCapacity } from "./want-of-capacity.ts";

export const autoScalerPolicy = policy({
  name: "autoscaling.AutoScalerPolicy",
  displayName: "Auto-scaler",
  description: "Resizes a pool to keep a metric of its members within bounds, or as it is told that the pool is hot or cold",
  config: keys.autoScalerKeys,
  begin: (settings) => {
    requireEffector(settings.adjunct, "resize");
    checkLimits(settings);
    const scaler = new AutoScaler(settings);
    return () => scaler.stop();
  },
});

/** Milliseconds after a resize until a metric that has not changed meanwhile is taken as measured again. */
const MEASURED_AGAIN = 10_000;

class AutoScaler {
  readonly #settings: Settings;
  readonly #pool: Entity;
  readonly #desired = new SizeHistory();
  readonly #maxSize: MaxSizeWatch;
  readonly #stop: () => void;
  /** What the last observation said, for the record of a resize. */
  #reason = "";
  #cancelLook: (() => void) | undefined;
  #cancelMeasure: (() => void) | undefined;
  #lastLook = -Infinity;
  #isResizing = false;
  #isStopped = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#pool = settings.owner;
    this.#maxSize = new MaxSizeWatch(settings, () => this.#size());
    const { events } = this.#pool.management;
    const metric = settings.get(keys.METRIC);
    const source = settings.entity(keys.ENTITY_WITH_METRIC);
    const [hot, cold, ok] = [settings.get(keys.POOL_HOT), settings.get(keys.POOL_COLD), settings.get(keys.POOL_OK)];
    this.#stop = together([
      ...(metric === undefined ? [] : [events.subscribeSensor(source.id, metric, () => this.#measure())]),
      onNotification(this.#pool, hot, (value) => this.#onPool("up", value)),
      onNotification(this.#pool, cold, (value) => this.#onPool("down", value)),
      ...(ok === cold || ok === hot ? [] : [onNotification(this.#pool, ok, () => this.#settle("The pool is told to be right"))]),
      events.subscribeSensor(this.#pool.id, GROUP_SIZE.name, () => this.#keepWithinLimits()),
      events.subscribeSensor(this.#pool.id, SERVICE_UP.name, () => this.#onUp()),
      events.subscribeSensor(this.#pool.id, SERVICE_STATE_EXPECTED.name, () => this.#onUp()),
      settings.adjunct.onReconfigured((name) => this.#onReconfigured(name)),
      onLeftAlone(this.#pool, () => this.#onUp()),
    ]);
    this.#onUp();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
    this.#cancelLook?.();
    this.#cancelMeasure?.();
    this.#maxSize.stop();
  }

  /** Its past says nothing of a pool that was down. */
  #onUp(): void {
    this.#desired.clear();
    if (!this.#isActive()) return;
    this.#measure();
    this.#keepWithinLimits();
  }

  #isActive(): boolean {
    // A pool that starts is being given its first members; one that an operator works on is left alone.
    if (this.#isStopped || !mayAct(this.#pool) || operationOn(this.#pool) !== undefined || expectedState(this.#pool) === "STARTING") return false;
    return !this.#pool.type.sensors.has(SERVICE_UP.name) || this.#pool.get(SERVICE_UP) === true;
  }

  #measure(): void {
    const name = this.#settings.get(keys.METRIC);
    const value = name === undefined ? undefined : this.#settings.entity(keys.ENTITY_WITH_METRIC).sensorValue(name)?.value;
    // Nothing is known, for instance of an empty pool.
    if (name === undefined || typeof value !== "number" || !Number.isFinite(value)) return;
    this.#observe({ size: this.#size(), metric: value, lower: this.#settings.get(keys.METRIC_LOWER_BOUND), upper: this.#settings.get(keys.METRIC_UPPER_BOUND) }, name);
  }

  #onPool(only: "up" | "down", value: unknown): void {
    const number = (name: string): number | undefined => {
      const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
      return typeof found === "number" && Number.isFinite(found) ? found : undefined;
    };
    const metric = number("pool.current.workrate");
    if (metric === undefined) return;
    this.#observe({ size: number("pool.current.size") ?? this.#size(), metric, lower: number("pool.low.threshold"), upper: number("pool.high.threshold"), only }, "work rate");
  }

  #observe(load: Load, name: string): void {
    if (!this.#isActive()) return;
    const { adjunct } = this.#settings;
    const { direction, wanted, unconstrained } = desiredSize(load, this.#limits());
    this.#reason = `${name} is ${load.metric} with ${load.size} (bounds ${load.lower ?? "none"} to ${load.upper ?? "none"}, ideal size ${unconstrained})`;
    if (direction === "none") this.#settle(this.#reason);
    else {
      adjunct.highlight("lastViolation", `${this.#reason}: ${wanted} wanted`);
      this.#want(wanted);
    }
    this.#maxSize.want(unconstrained);
  }

  /** The size is right as it is. */
  #settle(reason: string): void {
    this.#settings.adjunct.highlight("lastConfirmation", reason);
    this.#want(this.#size());
  }

  #want(size: number): void {
    this.#desired.add(this.#now(), size, this.#longestDelay());
    this.#look();
  }

  /** Resizes when the wish has lasted long enough, and else looks again when it may have. */
  #look(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    if (this.#isResizing || !this.#isActive()) return;
    const now = this.#now();
    const earliest = this.#lastLook + this.#settings.get(keys.MIN_PERIOD);
    if (now < earliest) return this.#lookAt(earliest);
    this.#lastLook = now;
    const size = this.#size();
    const up = this.#desired.sustained(Math.max(0, this.#settings.get(keys.UP_DELAY)), now);
    const down = this.#desired.sustained(Math.max(0, this.#settings.get(keys.DOWN_DELAY)), now);
    const sustained = up.least !== undefined && size < up.least ? up.least : down.most !== undefined && size > down.most ? down.most : size;
    const target = sustained === size ? withinLimits(size, this.#limits()) : clamp(sustained, this.#limits());
    if (target !== size) return this.#resize(target, this.#reason);
    const next = Math.min(up.changesAt ?? Infinity, down.changesAt ?? Infinity);
    if (this.#desired.latest !== size && next < Infinity) this.#lookAt(next);
  }

  #lookAt(time: number): void {
    this.#cancelLook = this.#pool.management.clock.after(Math.max(0, time - this.#now()), () => this.#look());
  }

  #resize(target: number, reason: string): void {
    const { adjunct } = this.#settings;
    const from = this.#size();
    if (this.#settings.get(keys.DRY_RUN)) {
      adjunct.highlight("lastAction", `Would resize from ${from} to ${target}: ${reason}`);
      return;
    }
    this.#isResizing = true;
    this.#cancelMeasure?.();
    const { task, result } = adjunct.submit("Auto-scaler", (work) => this.#pool.invoke("resize", { desiredSize: target }, work), { description: `Resizing "${this.#pool.displayName}" from ${from} to ${target}: ${reason}` });
    adjunct.highlight("lastAction", `Resize from ${from} to ${target}: ${reason}`, task.id);
    result.then(
      () => this.#onResized(true),
      (error: unknown) => this.#onFailed(error, target, task.id),
    );
  }

  #onResized(isMeasuredAgain: boolean): void {
    this.#isResizing = false;
    this.#desired.clear();
    if (!this.#isActive()) return;
    this.#desired.add(this.#now(), this.#size(), this.#longestDelay());
    this.#keepWithinLimits();
    if (isMeasuredAgain) this.#cancelMeasure = this.#pool.management.clock.after(MEASURED_AGAIN, () => this.#measure());
  }

  #onFailed(error: unknown, target: number, taskId: string): void {
    const { adjunct } = this.#settings;
    const size = this.#size();
    if (this.#pool.isManaged && target > size && isForWantOfCapacity(error)) {
      adjunct.remember(keys.HIGH_WATER_MARK, size);
      adjunct.highlight("lastViolation", `There is no capacity for more than ${size}: ${messageOf(error)}`, taskId);
    } else adjunct.highlight("lastError", `Cannot resize to ${target}: ${messageOf(error)}`, taskId);
    // Tried again when the metric changes, not at once.
    this.#isResizing = false;
    this.#desired.clear();
    if (this.#isActive()) this.#desired.add(this.#now(), size, this.#longestDelay());
  }

  /** A size that was changed by hand, or limits that were. */
  #keepWithinLimits(): void {
    if (this.#isResizing || !this.#isActive()) return;
    const size = this.#size();
    const limits = this.#limits();
    const wanted = withinLimits(size, limits);
    if (wanted === size) return;
    this.#reason = `size ${size} is not from ${limits.min} to ${limits.max}`;
    this.#want(wanted);
  }

  #onReconfigured(name: string): void {
    checkLimits(this.#settings);
    if (name === keys.HIGH_WATER_MARK.name || name === keys.METRIC_LOWER_BOUND.name || name === keys.METRIC_UPPER_BOUND.name) return this.#measure();
    if (name !== keys.MIN_POOL_SIZE.name && name !== keys.MAX_POOL_SIZE.name) return;
    if (this.#isResizing || !this.#isActive()) return;
    // At once, without regard to stabilization, as in Brooklyn.
    const size = this.#size();
    const limits = this.#limits();
    const wanted = withinLimits(size, limits);
    if (wanted !== size) this.#resize(wanted, `limits are now ${limits.min} to ${limits.max}`);
  }

  #size(): number {
    return this.#pool.members.size > 0 ? this.#pool.members.size : (this.#pool.get(GROUP_SIZE) ?? 0);
  }

  #limits(): Limits {
    const get = this.#settings.get.bind(this.#settings);
    return {
      min: get(keys.MIN_POOL_SIZE),
      max: get(keys.MAX_POOL_SIZE),
      highWaterMark: get(keys.HIGH_WATER_MARK),
      upIncrement: Math.max(1, get(keys.UP_INCREMENT)),
      upMax: Math.max(1, get(keys.UP_MAX)),
      downIncrement: Math.max(1, get(keys.DOWN_INCREMENT)),
      downMax: Math.max(1, get(keys.DOWN_MAX)),
    };
  }

  #longestDelay(): number {
    return Math.max(0, this.#settings.get(keys.UP_DELAY), this.#settings.get(keys.DOWN_DELAY));
  }

  #now(): number {
    return this.#pool.management.clock.now();
  }
}

function checkLimits(settings: Settings): void {
  const [min, max] = [settings.get(keys.MIN_POOL_SIZE), settings.get(keys.MAX_POOL_SIZE)];
  if (min < 0 || min > max) throw new ClockerError("invalid-value", `Cannot scale "${settings.owner.displayName}" from ${min} to ${max} members: "${keys.MIN_POOL_SIZE.name}" must be from 0 to "${keys.MAX_POOL_SIZE.name}"`);
}
