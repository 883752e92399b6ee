import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { messageOf } from "../../model/errors.ts";
import { followEntities, together } from "../../model/follow-entities.ts";
import { failureOf, notify, onNotification } from "../../model/notification.ts";
import { onLeftAlone } from "../../model/operator.ts";
import { isUp, setProblem } from "../../model/service-state.ts";
import { showDuration, types } from "../../model/types/index.ts";
import { hindrance, mayAct, policy, requireEffector } from "../policy-type.ts";
import { describeFailure } from "./describe-failure.ts";
import { ENTITY_REPLACEMENT_FAILED, ENTITY_RESTART_FAILED } from "./ha-sensors.ts";

export const REPLACER_SETS_ON_FIRE = configKey("setOnFireOnFailure", types.boolean, "Whether the cluster has a problem when a replacement fails", { defaultValue: true });
export const MEMBER_FAILURE_SENSOR = configKey("failureSensorToMonitor", types.sensorRef, "The members' notification that is answered by a replacement", { defaultValue: ENTITY_RESTART_FAILED.name });
export const REPLACEMENT_WINDOW = configKey("failOnRecurringFailuresInThisDuration", types.duration, "The time in which failed replacements are counted", { defaultValue: 300_000 });
export const REPLACEMENT_FAILURES = configKey("failOnNumRecurringFailures", types.integer, "After so many failed replacements in that time, none that succeeded between, no more are made", { defaultValue: 5 });
/** Stored: a restart of the server does not begin the count anew. */
export const FAILURE_TIMES = configKey("replacementFailureTimes", types.list(types.long), "When replacements failed, in milliseconds since the epoch; set by the policy", { defaultValue: [] });

const PROBLEM = "ServiceReplacer";

export const serviceReplacer = policy({
  name: "ha.ServiceReplacer",
  displayName: "Service Replacer",
  description: "Replaces members of a cluster that failed and could not be restarted",
  config: [REPLACER_SETS_ON_FIRE, MEMBER_FAILURE_SENSOR, REPLACEMENT_WINDOW, REPLACEMENT_FAILURES, FAILURE_TIMES],
  begin: (settings) => {
    requireEffector(settings.adjunct, "replaceMember");
    const replacer = new Replacer(settings);
    return () => replacer.stop();
  },
});

class Replacer {
  readonly #settings: Settings;
  readonly #cluster: Entity;
  readonly #listening = new Map<Entity, () => void>();
  readonly #replacing = new Set<Entity>();
  /** Failures while an operator's task ran. */
  readonly #postponed = new Map<Entity, unknown>();
  readonly #stop: () => void;
  readonly #stopLeftAlone: () => void;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#cluster = settings.owner;
    const sensor = settings.get(MEMBER_FAILURE_SENSOR);
    settings.adjunct.highlight("triggers", `Listening for ${sensor} of members`);
    this.#stopLeftAlone = onLeftAlone(this.#cluster, () => this.#again());
    this.#stop = followEntities(this.#cluster, "members", {
      added: (member) => this.#listening.set(member, together([onNotification(member, sensor, (value) => this.#onFailure(member, value)), onLeftAlone(member, () => this.#again())])),
      removed: (member) => {
        this.#listening.get(member)?.();
        this.#listening.delete(member);
        this.#postponed.delete(member);
      },
    });
  }

  stop(): void {
    this.#stop();
    this.#stopLeftAlone();
    for (const stop of this.#listening.values()) stop();
    this.#listening.clear();
  }

  /** Members that failed while an operator was at work may have failed still. */
  #again(): void {
    for (const [member, value] of [...this.#postponed]) {
      this.#postponed.delete(member);
      if (!isUp(member)) this.#onFailure(member, value);
    }
  }

  #onFailure(member: Entity, value: unknown): void {
    const { adjunct } = this.#settings;
    const seen = `Failure detected at "${member.displayName}" (${describeFailure(value)})`;
    if (!mayAct(this.#cluster) || !mayAct(member)) return adjunct.highlight("lastViolation", `${seen}, and nothing done, for it is to stop`);
    if (this.#replacing.has(member)) return;
    const hindered = hindrance(adjunct, this.#cluster, `replace "${member.displayName}"`) ?? hindrance(adjunct, member, `replace "${member.displayName}"`);
    if (hindered !== undefined) {
      this.#postponed.set(member, value);
      return adjunct.highlight("lastViolation", `${seen}, and nothing done, ${hindered}`);
    }
    const failures = this.#recentFailures();
    const most = this.#settings.get(REPLACEMENT_FAILURES);
    if (failures.length >= most) {
      return adjunct.highlight("lastViolation", `${seen}, but ${failures.length} replacements failed in ${showDuration(this.#settings.get(REPLACEMENT_WINDOW))}, and ${most} are the limit`);
    }
    adjunct.highlight("lastViolation", `${seen}, replacing it`);
    this.#replace(member, seen);
  }

  #replace(member: Entity, seen: string): void {
    const { adjunct } = this.#settings;
    this.#replacing.add(member);
    const { task, result } = adjunct.submit(`Replace ${member.displayName}`, (work) => this.#cluster.invoke("replaceMember", { memberId: member.id }, work), { description: seen });
    adjunct.highlight("lastAction", `Replacing "${member.displayName}"`, task.id);
    result.then(
      () => {
        this.#replacing.delete(member);
        if (this.#settings.get(FAILURE_TIMES).length > 0) adjunct.remember(FAILURE_TIMES, undefined);
        if (this.#cluster.isManaged) setProblem(this.#cluster, PROBLEM, undefined);
      },
      (error: unknown) => {
        this.#replacing.delete(member);
        if (this.#cluster.isManaged) this.#onReplacementFailed(`${seen}, and its replacement failed: ${messageOf(error)}`);
      },
    );
  }

  #onReplacementFailed(message: string): void {
    const { adjunct, owner } = this.#settings;
    adjunct.remember(FAILURE_TIMES, [...this.#recentFailures(), owner.management.clock.now()]);
    adjunct.highlight("lastViolation", message);
    if (this.#settings.get(REPLACER_SETS_ON_FIRE)) setProblem(owner, PROBLEM, message);
    notify(owner, ENTITY_REPLACEMENT_FAILED, failureOf(owner, message));
  }

  #recentFailures(): number[] {
    const oldest = this.#cluster.management.clock.now() - this.#settings.get(REPLACEMENT_WINDOW);
    return this.#settings.get(FAILURE_TIMES).filter((time) => time >= oldest);
  }
}
