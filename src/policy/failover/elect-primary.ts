import type { Settings } from "../../model/adjunct-settings.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../../model/attributes.ts";
import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { followEntities, together } from "../../model/follow-entities.ts";
import { sensor } from "../../model/sensor.ts";
import { setNotUp, setProblem } from "../../model/service-state.ts";
import { GROUP } from "../../model/traits.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { mayAct, policy } from "../policy-type.ts";
import { type Candidate, type Choice, choosePrimary, type SelectionMode } from "./choose-primary.ts";
import { PrimarySensors } from "./primary-sensors.ts";

export const ELECTION_EFFECTOR = configKey("primary.election.effector", types.string, "The effector that elects; one is made when unset");
export const PROPAGATED_SENSORS = configKey("propagate.primary.sensors", types.list(types.sensorRef), "Sensors of the primary to copy", { defaultValue: [] });
export const TARGET_MODE = configKey("primary.target.mode", types.enumOf("org.apache.brooklyn.policy.failover.ElectPrimaryConfig$TargetMode", ["CHILDREN", "MEMBERS", "AUTO"]), "Whether children or members are candidates; auto means members of groups", { defaultValue: "AUTO" });
export const SELECTION_MODE = configKey<SelectionMode>("primary.selection.mode", types.enumOf("org.apache.brooklyn.policy.failover.ElectPrimaryConfig$SelectionMode", ["FAILOVER", "BEST", "STRICT"]), "failover: changed when the primary fails; best: the heaviest always; strict: the heaviest, of which there must be one", { defaultValue: "FAILOVER" });
export const STOPPED_WAIT = configKey("primary.stopped.wait.timeout", types.duration, "How long the best candidate is waited for when it does not start", { defaultValue: 5_000 });
export const STARTING_WAIT = configKey("primary.starting.wait.timeout", types.duration, "How long the best candidate is waited for while it starts", { defaultValue: 300_000 });
export const PRIMARY_SENSOR = configKey("primary.sensor.name", types.string, "The sensor with the primary", { defaultValue: "primary" });
export const WEIGHT_NAME = configKey("primary.weight.name", types.string, "Sensor or config of candidates with their weight", { defaultValue: "ha.primary.weight" });
export const PROMOTE = configKey("primary.promote.effector.name", types.string, "Effector to invoke on a new primary, where it is there");
export const DEMOTE = configKey("primary.demote.effector.name", types.string, "Effector to invoke on an old primary, where it is there");

const CAUSE = "primary";

/** The primary is a sensor, which is stored: it stays over a restart of the server. */
export const electPrimaryPolicy = policy({
  name: "failover.ElectPrimaryPolicy",
  displayName: "Elect Primary",
  description: "Keeps one of the children or members primary, and promotes another when it fails",
  aliases: ["org.apache.brooklyn.policy.ha.ElectPrimaryPolicy"],
  config: [ELECTION_EFFECTOR, PROPAGATED_SENSORS, TARGET_MODE, SELECTION_MODE, STOPPED_WAIT, STARTING_WAIT, PRIMARY_SENSOR, WEIGHT_NAME, PROMOTE, DEMOTE],
  begin: (settings) => {
    const election = new Election(settings);
    return () => election.stop();
  },
});

class Election {
  readonly #settings: Settings;
  readonly #owner: Entity;
  readonly #effector: string;
  readonly #watched = new Map<Entity, () => void>();
  readonly #propagation: PrimarySensors;
  readonly #stop: () => void;
  #waitingSince: number | undefined;
  #cancelWait: (() => void) | undefined;
  #isElecting = false;
  #isAskedAgain = false;
  #isStopped = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#owner = settings.owner;
    this.#effector = this.#electionEffector();
    this.#propagation = new PrimarySensors(this.#owner, settings.get(PROPAGATED_SENSORS), () => this.#current());
    const follower = { added: (each: Entity) => this.#watch(each), removed: (each: Entity) => this.#unwatch(each) };
    this.#stop = together([
      ...(this.#usesMembers() ? [followEntities(this.#owner, "members", follower)] : [followEntities(this.#owner, "children", follower)]),
      this.#owner.management.events.subscribeSensor(this.#owner.id, settings.get(PRIMARY_SENSOR), () => this.#propagation.follow()),
    ]);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
    this.#cancelWait?.();
    this.#propagation.stop();
    for (const stop of this.#watched.values()) stop();
  }

  #electionEffector(): string {
    const given = this.#settings.get(ELECTION_EFFECTOR);
    if (given === undefined) {
      const made = effector("electPrimary", "Finds out whether there is or should be a new primary", ({ work }) => this.#elect(work), { returnType: "java.lang.Object" });
      this.#owner.dynamicEffectors.set(made.name, made);
      return made.name;
    }
    if (this.#owner.effector(given) === undefined) throw new ClockerError("not-found", `Cannot elect a primary of "${this.#owner.displayName}": it has no effector "${given}"`);
    return given;
  }

  #watch(candidate: Entity): void {
    const { events } = candidate.management;
    this.#watched.set(candidate, together([SERVICE_UP.name, SERVICE_STATE.name, this.#settings.get(WEIGHT_NAME)].map((name) => events.subscribeSensor(candidate.id, name, () => this.#look()))));
    this.#look();
  }

  #unwatch(candidate: Entity): void {
    this.#watched.get(candidate)?.();
    this.#watched.delete(candidate);
    this.#look();
  }

  /** Something changed: elects, unless it is known without a task that nothing does. */
  #look(): void {
    if (this.#isStopped || !mayAct(this.#owner)) return;
    if (this.#isElecting) {
      this.#isAskedAgain = true;
      return;
    }
    const choice = this.#choice();
    if (choice.kind === "wait") return this.#wait(choice.for);
    if (choice.kind === "primary" && choice.id === this.#current()?.id) return this.#endWait();
    const isKnown = this.#watched.size === 0 || this.#owner.get(SERVICE_PROBLEMS)?.[CAUSE] !== undefined;
    if (choice.kind === "none" && this.#current() === undefined && isKnown) return;
    this.#isElecting = true;
    const { adjunct } = this.#settings;
    const { task, result } = adjunct.submit("Elect primary", (work) => this.#owner.invoke(this.#effector, {}, work));
    adjunct.highlight("lastScan", `Running ${this.#effector}`, task.id);
    const ended = (): void => {
      this.#isElecting = false;
      if (!this.#isAskedAgain) return;
      this.#isAskedAgain = false;
      this.#look();
    };
    result.then(ended, (error: unknown) => {
      adjunct.highlight("lastViolation", messageOf(error), task.id);
      ended();
    });
  }

  #wait(ms: number): void {
    const { clock } = this.#owner.management;
    this.#waitingSince ??= clock.now();
    this.#cancelWait?.();
    this.#cancelWait = clock.after(ms, () => this.#look());
  }

  #endWait(): void {
    this.#waitingSince = undefined;
    this.#cancelWait?.();
  }

  #choice(): Choice {
    const now = this.#owner.management.clock.now();
    const waits = { starting: this.#settings.get(STARTING_WAIT), stopped: this.#settings.get(STOPPED_WAIT) };
    return choosePrimary([...this.#watched.keys()].map((each) => this.#candidate(each)), this.#current()?.id, this.#settings.get(SELECTION_MODE), waits, now - (this.#waitingSince ?? now));
  }

  #candidate(entity: Entity): Candidate {
    const name = this.#settings.get(WEIGHT_NAME);
    const weight = Number(entity.sensorValue(name)?.value ?? entity.config.find({ name, aliases: [], inherited: false })?.raw ?? 0);
    const state = entity.get(SERVICE_STATE) ?? "RUNNING";
    const isViable = entity.get(SERVICE_UP) === true && state === "RUNNING";
    return { id: entity.id, weight: Number.isFinite(weight) ? weight : 0, state: isViable ? "viable" : state === "STARTING" ? "starting" : "down" };
  }

  #current(): Entity | undefined {
    const value = this.#owner.sensorValue(this.#settings.get(PRIMARY_SENSOR))?.value;
    const id: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "id") : undefined;
    return typeof id === "string" ? this.#owner.management.entity(id) : undefined;
  }

  #usesMembers(): boolean {
    const mode = this.#settings.get(TARGET_MODE);
    return mode === "MEMBERS" || (mode === "AUTO" && this.#owner.is(GROUP));
  }

  async #elect(work: Work): Promise<Record<string, unknown>> {
    const choice = this.#choice();
    const old = this.#current();
    if (choice.kind === "wait") {
      this.#wait(choice.for);
      return { code: "PRIMARY_UNCHANGED", message: `The best candidate is waited for`, primary: old?.id ?? null };
    }
    this.#endWait();
    if (choice.kind === "tie") {
      const message = `${choice.ids.length} candidates are equally good, and one must be best`;
      setProblem(this.#owner, CAUSE, message);
      throw new ClockerError("effector-failed", `Cannot elect a primary of "${this.#owner.displayName}": ${message}`);
    }
    const next = choice.kind === "none" ? undefined : this.#owner.management.entity(choice.id);
    if (next !== undefined && next === old) return { code: "PRIMARY_UNCHANGED", message: "No change required", primary: old.id };
    return this.#change(old, next, work);
  }

  async #change(old: Entity | undefined, next: Entity | undefined, work: Work): Promise<Record<string, unknown>> {
    const owner = this.#owner;
    const { adjunct } = this.#settings;
    const name = this.#settings.get(PRIMARY_SENSOR);
    const missing = next === undefined ? "No primary could be found" : undefined;
    setProblem(owner, CAUSE, missing);
    setNotUp(owner, CAUSE, missing);
    const primary = owner.sensor(name) ?? sensor(name, types.json, "The primary");
    owner.set(primary, next === undefined ? undefined : { type: "org.apache.brooklyn.api.entity.Entity", id: next.id, name: next.displayName });
    if (missing === undefined) adjunct.highlight("lastAction", `New primary: "${next?.displayName}"`, work.taskId);
    else adjunct.highlight("lastViolation", missing, work.taskId);
    try {
      const calls = [...(next === undefined ? [] : [{ key: PROMOTE, usual: "promote", on: next }]), ...(old === undefined ? [] : [{ key: DEMOTE, usual: "demote", on: old }])];
      await inParallel(calls, ({ key, usual, on }) => this.#tell(this.#settings.get(key), usual, on, work));
    } catch (error) {
      setProblem(owner, CAUSE, messageOf(error));
      throw error;
    }
    return { code: next === undefined ? "NO_PRIMARY_AVAILABLE" : "NEW_PRIMARY_ELECTED", message: missing ?? "New primary found", primary: next?.id ?? null };
  }

  /** Invokes an effector of the owner if it has one, else of the entity. One that is asked for by name must be there. */
  async #tell(given: string | undefined, usual: string, on: Entity, work: Work): Promise<void> {
    const name = given ?? usual;
    const target = this.#owner.effector(name) === undefined ? on : this.#owner;
    if (given === undefined && target.effector(name) === undefined) return;
    await target.invoke(name, { [usual === "promote" ? "newPrimary" : "oldPrimary"]: on.id }, work);
  }
}
