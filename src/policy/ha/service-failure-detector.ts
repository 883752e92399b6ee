import type { Settings } from "../../model/adjunct-settings.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE_EXPECTED, SERVICE_UP } from "../../model/attributes.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { together } from "../../model/follow-entities.ts";
import { serviceState } from "../../model/lifecycle.ts";
import { failureOf, notify } from "../../model/notification.ts";
import { delayFire, isStoppingOrStopped, recompute } from "../../model/service-state.ts";
import { types } from "../../model/types/index.ts";
import { policy } from "../policy-type.ts";
import { ENTITY_FAILED, ENTITY_RECOVERED } from "./ha-sensors.ts";
import { StabilizedFailure } from "./stabilized-failure.ts";

export const ONLY_IF_PREVIOUSLY_UP = configKey("onlyReportIfPreviouslyUp", types.boolean, "Whether a service that was never up does not fail", { defaultValue: true });
export const MONITOR_PROBLEMS = configKey("monitorServiceProblems", types.boolean, "Whether a service with problems has failed although it is up", { defaultValue: true });
export const ON_FIRE_DELAY = configKey("serviceOnFire.stabilizationDelay", types.duration, "How long the service must have failed before its state is on fire", { flag: "serviceOnFireStabilizationDelay", defaultValue: 0 });
export const FAILED_DELAY = configKey("entityFailed.stabilizationDelay", types.duration, "How long the service must have failed before that is told", { flag: "entityFailedStabilizationDelay", aliases: ["serviceFailedStabilizationDelay"], defaultValue: 0 });
export const RECOVERED_DELAY = configKey("entityRecovered.stabilizationDelay", types.duration, "How long the service must have been well before that is told", {
  flag: "entityRecoveredStabilizationDelay",
  aliases: ["serviceRecoveredStabilizationDelay"],
  defaultValue: 0,
});
export const REPUBLISH_TIME = configKey("entityFailed.republishTime", types.duration, "After this time a failure that goes on is told again", { flag: "entityFailedRepublishTime" });
export const SET_ON_FIRE = configKey("setOnFireOnFailure", types.boolean, "Whether the state becomes on fire at all (2014)", { defaultValue: true });
export const USE_STATE_RUNNING = configKey("useServiceStateRunning", types.boolean, "Taken, and without effect: only services that should run can fail (2014)");
/** Stored: the same failure is not told again after a restart of the server, and a service that was up before can still fail. */
export const LAST_PUBLISHED = configKey("lastPublished", types.enumOf("org.apache.brooklyn.policy.ha.ServiceFailureDetector$LastPublished", ["NONE", "FAILED", "RECOVERED"]), "What was told last; set by the detector", { defaultValue: "NONE" });
export const WAS_UP = configKey("previouslyUp", types.boolean, "Whether the service was up before; set by the detector", { defaultValue: false });

/** An enricher, and a policy in 2014: it may stand under `brooklyn.policies` and `brooklyn.enrichers`. */
export const serviceFailureDetector = policy({
  name: "ha.ServiceFailureDetector",
  kind: "enricher",
  displayName: "Service Failure Detector",
  description: "Tells, by ha.entityFailed and ha.entityRecovered, when a service that should run fails and recovers",
  config: [ONLY_IF_PREVIOUSLY_UP, MONITOR_PROBLEMS, ON_FIRE_DELAY, FAILED_DELAY, RECOVERED_DELAY, REPUBLISH_TIME, SET_ON_FIRE, USE_STATE_RUNNING, LAST_PUBLISHED, WAS_UP],
  begin: (settings) => {
    const detector = new Detector(settings);
    return () => detector.stop();
  },
});

class Detector {
  readonly #settings: Settings;
  readonly #entity: Entity;
  readonly #failure: StabilizedFailure;
  readonly #stop: () => void;
  /** Since when it should be on fire: milliseconds since the epoch. */
  #failedSince: number | undefined;
  #cancelFire: (() => void) | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#entity = settings.owner;
    const { clock, events } = this.#entity.management;
    this.#failure = new StabilizedFailure({
      clock,
      failedDelay: settings.get(FAILED_DELAY),
      recoveredDelay: settings.get(RECOVERED_DELAY),
      republishTime: settings.get(REPUBLISH_TIME),
      wasTold: settings.get(LAST_PUBLISHED) === "FAILED",
      onFailed: () => this.#tellFailed(),
      onRecovered: () => this.#tellRecovered(),
    });
    const fireDelay = settings.get(SET_ON_FIRE) ? settings.get(ON_FIRE_DELAY) : Infinity;
    const causes = [SERVICE_UP, SERVICE_PROBLEMS, SERVICE_NOT_UP_INDICATORS, SERVICE_STATE_EXPECTED];
    this.#stop = together([
      ...(fireDelay > 0 ? [delayFire(this.#entity, () => this.#isFireDelayed(fireDelay))] : []),
      ...causes.map((sensor) => events.subscribeSensor(this.#entity.id, sensor.name, () => this.#look())),
    ]);
    this.#look();
  }

  stop(): void {
    this.#cancelFire?.();
    this.#failure.stop();
    this.#stop();
  }

  #look(): void {
    const entity = this.#entity;
    if (entity.get(SERVICE_UP) === true && !this.#settings.get(WAS_UP)) this.#settings.adjunct.remember(WAS_UP, true);
    const state = this.#state();
    if (state !== "failed") this.#failedSince = undefined;
    if (state === "failed" && this.#settings.get(ONLY_IF_PREVIOUSLY_UP) && !this.#settings.get(WAS_UP)) return;
    this.#failure.observe(state);
  }

  #state(): "failed" | "well" | "unknown" {
    const entity = this.#entity;
    if (isStoppingOrStopped(entity)) return "unknown";
    const { state } = serviceState({
      expected: entity.get(SERVICE_STATE_EXPECTED),
      problems: this.#settings.get(MONITOR_PROBLEMS) ? (entity.get(SERVICE_PROBLEMS) ?? {}) : {},
      notUpIndicators: entity.get(SERVICE_NOT_UP_INDICATORS) ?? {},
    });
    return state === "ON_FIRE" ? "failed" : state === "RUNNING" ? "well" : "unknown";
  }

  /** Asked when the entity's state would become on fire; looks again when it may. */
  #isFireDelayed(delay: number): boolean {
    const { clock } = this.#entity.management;
    this.#failedSince ??= clock.now();
    const left = this.#failedSince + delay - clock.now();
    this.#cancelFire?.();
    if (left <= 0) return false;
    if (left < Infinity) {
      this.#cancelFire = clock.after(left, () => {
        if (this.#entity.isManaged) recompute(this.#entity);
      });
    }
    return true;
  }

  #tellFailed(): void {
    const description = this.#description();
    this.#settings.adjunct.highlight("lastViolation", description);
    this.#remember("FAILED");
    notify(this.#entity, ENTITY_FAILED, failureOf(this.#entity, description));
  }

  #tellRecovered(): void {
    this.#settings.adjunct.highlight("lastConfirmation", "The service has recovered");
    this.#remember("RECOVERED");
    notify(this.#entity, ENTITY_RECOVERED, failureOf(this.#entity, null));
  }

  #remember(last: "FAILED" | "RECOVERED"): void {
    if (this.#settings.get(LAST_PUBLISHED) !== last) this.#settings.adjunct.remember(LAST_PUBLISHED, last);
  }

  #description(): string {
    const causes = { ...this.#entity.get(SERVICE_NOT_UP_INDICATORS), ...this.#entity.get(SERVICE_PROBLEMS) };
    const shown = Object.entries(causes).slice(0, 5).map(([cause, reason]) => `${cause}: ${typeof reason === "string" ? reason : JSON.stringify(reason)}`);
    return shown.length === 0 ? "The service is not up" : shown.join("; ");
  }
}
