import { setImmediate } from "node:timers/promises";
import { type Entity, visibleParameters } from "../model/entity.ts";
import { ClockerError, messageOf } from "../model/errors.ts";
import { operating } from "../model/operator.ts";
import type { Submitted } from "../model/management.ts";
import type { EntitySpec, LocationReference } from "../model/spec.ts";
import type { Task } from "../model/task.ts";
import { inParallel, type Work } from "../model/work.ts";
import { DESTROY_ON_STOP } from "../software/stock/application.ts";
import { APPLICATION, STARTABLE, stopForGood } from "../software/stock/startable.ts";
import type { PlaneLocations } from "./location/location-registry.ts";
import type { BlueprintReader } from "./blueprint-reader.ts";
import { createRecorded } from "./plan/made-from.ts";
import { Changes } from "./plan/apply/changes.ts";
import { Planner } from "./plan/planner.ts";
import { Revisions } from "./plan/revisions.ts";
import type { Plane } from "./plane.ts";

/** Applications that are being removed, by id: a removal that a crash cut off is taken up again. */
export const DESTROY_DOCUMENTS = "destroy";

export interface Deployment {
  application: Entity;
  /** The start; absent when the application has nothing to start. */
  start: Submitted<unknown> | undefined;
  warnings: readonly string[];
}

/** What users do with applications and entities: each change is durable before it is acknowledged. */
export class Applications {
  readonly #plane: Plane;
  readonly #locations: PlaneLocations;
  readonly #blueprints: BlueprintReader;
  readonly #destroying = new Map<string, Submitted<void>>();
  readonly revisions: Revisions;
  /** Finds out what a blueprint would do. */
  readonly planner: Planner;
  /** Brings applications to what their blueprints say. */
  readonly changes: Changes;

  constructor(plane: Plane, locations: PlaneLocations, blueprints: BlueprintReader) {
    this.#plane = plane;
    this.#locations = locations;
    this.#blueprints = blueprints;
    this.revisions = new Revisions(plane);
    this.planner = new Planner(plane, locations, blueprints, this.revisions);
    this.changes = new Changes({ plane, planner: this.planner, revisions: this.revisions, deploy: (text, options) => this.deploy(text, options), isGoing: ({ id }) => this.#destroying.has(id) });
    plane.destroyer = (application) => this.destroy(application).result;
  }

  /**
   * Deploys a blueprint: makes its entities, stores them, then starts the application in the background.
   * Everything that can be known to be wrong is refused before anything is made.
   * @param options.id the application's id, one of its own unless given
   * @param options.by the user, for its history
   */
  async deploy(text: string, options: { source?: string; id?: string; by?: string; note?: string } = {}): Promise<Deployment> {
    await this.#blueprints.open(text);
    const { spec, warnings } = this.#blueprints.read(text, options.source === undefined ? {} : { source: options.source });
    this.#checkLocations(spec);
    // A large blueprint takes its time to read, and to make: others have their turn between.
    await setImmediate();
    const application = createRecorded(this.#plane, { ...spec, tags: [...spec.tags, { kind: "yaml_spec", contents: text }] }, undefined, options.id === undefined ? {} : { id: options.id });
    this.revisions.add(application, text, { by: options.by ?? "anonymous", outcome: "applied", changes: "deployed", ...(options.note === undefined ? {} : { note: options.note }) });
    await this.#keep([application]);
    const start = application.is(STARTABLE) ? this.invoke(application, "start", {}) : undefined;
    return { application, start, warnings };
  }

  /** Adds what a blueprint describes below an entity, and starts it unless told otherwise. */
  async addChildren(parent: Entity, text: string, options: { start?: boolean } = {}): Promise<{ children: Entity[]; start: Submitted<unknown> | undefined }> {
    await this.#blueprints.open(text);
    const { specs } = this.#blueprints.readChildren(text, parent);
    specs.forEach((child) => this.#checkLocations(child));
    const children = specs.map((child) => this.#plane.create(child, parent));
    await this.#keep(children);
    if (options.start === false) return { children, start: undefined };
    const startable = children.filter((child) => child.is(STARTABLE));
    const start = this.#plane.submit(parent, "add children", (work) => inParallel(startable, (child) => child.invoke("start", {}, work)), { tags: ["EFFECTOR"] });
    return { children, start };
  }

  /**
   * Invokes an effector as a task of its own. Stopping ends what still runs on the entity first; stopping an application also removes it,
   * unless `application.stop.shouldDestroy` is false (as in Brooklyn).
   */
  invoke(entity: Entity, effector: string, parameters: Readonly<Record<string, unknown>>): Submitted<unknown> {
    if (effector === "stop" && entity.parent === undefined && entity.is(APPLICATION) && entity.config.peek(DESTROY_ON_STOP)) return this.destroy(entity);
    return this.#plane.submit(
      entity,
      `Invoking effector ${effector} on ${entity.displayName}`,
      async (work) => {
        if (effector === "stop") await this.#cancelWork(entity, work);
        // Policies leave the entity alone meanwhile.
        const result = await operating(entity, { name: `Invoking effector ${effector} on ${entity.displayName}`, work }, () => entity.invoke(effector, parameters, work));
        await this.#plane.documents.flush();
        return result;
      },
      { tags: ["EFFECTOR", "NON-TRANSIENT", { entityId: entity.id, effectorName: effector, effectorParams: shownParameters(entity, effector, parameters) }] },
    );
  }

  /** Stops an application, whatever it is doing, and removes it. Asking again gives the removal that runs. */
  destroy(application: Entity): Submitted<void> {
    const running = this.#destroying.get(application.id);
    if (running !== undefined) return running;
    if (application.parent !== undefined) throw new ClockerError("invalid-request", `Cannot delete "${application.displayName}": it is not an application`);
    this.#plane.documents.put(DESTROY_DOCUMENTS, application.id, { since: this.#plane.clock.now() });
    const submitted = this.#plane.submit(application, `Destroying ${application.displayName}`, (work) => this.#destroy(application, work), { tags: ["EFFECTOR", "NON-TRANSIENT"] });
    this.#destroying.set(application.id, submitted);
    submitted.result.catch(() => {}).finally(() => this.#destroying.delete(application.id));
    return submitted;
  }

  /** Takes an entity out of management; with `release`, its machines are given back first as well as can be. */
  expunge(entity: Entity, options: { release: boolean }): Submitted<void> {
    return this.#plane.submit(
      entity,
      `Expunging ${entity.displayName}`,
      async (work) => {
        await this.#cancelWork(entity, work);
        if (options.release && entity.is(STARTABLE)) await work.step("release", (step) => entity.invoke("stop", {}, step), { inessential: true });
        this.#plane.unmanage(entity);
        await this.#plane.documents.flush();
      },
      { tags: ["EFFECTOR", "NON-TRANSIENT"] },
    );
  }

  /** Makes new entities durable; those that can't be are not kept at all. */
  async #keep(entities: readonly Entity[]): Promise<void> {
    try {
      await this.#plane.documents.flush();
    } catch (error) {
      for (const entity of entities) this.#plane.unmanage(entity);
      throw error;
    }
  }

  async #destroy(application: Entity, work: Work): Promise<void> {
    await this.#plane.documents.flush();
    await this.#cancelWork(application, work);
    try {
      await stopForGood(application, work);
    } catch (error) {
      this.#plane.documents.remove(DESTROY_DOCUMENTS, application.id);
      throw new ClockerError("effector-failed", `Cannot delete "${application.displayName}": it could not be stopped`, {
        cause: error,
        remedy: "Mend the cause and delete it again, or expunge it and clean up by hand",
      });
    }
    if (application.isManaged) this.#plane.unmanage(application);
    this.#plane.documents.remove(DESTROY_DOCUMENTS, application.id);
    await this.#plane.documents.flush();
  }

  /** Ends the tasks that work on an entity or its descendants, and waits until they have. */
  async #cancelWork(entity: Entity, work: Work): Promise<void> {
    const ids = new Set([...entity.descendants()].map((descendant) => descendant.id));
    const others = [...this.#plane.tasks.running()].filter((task) => task.parent === undefined && task.id !== work.taskId && task.entityId !== undefined && ids.has(task.entityId));
    if (others.length === 0) return;
    await work.step("cancel running tasks", async (step) => {
      step.log(others.map((task) => task.name).join("\n"));
      const reason = new ClockerError("cancelled", `Cancelled: "${entity.displayName}" is being stopped`, { details: { isStopping: true } });
      others.forEach((task) => task.cancel(reason));
      step.waitFor(`${others.length} running tasks`);
      await Promise.all(others.map((task) => endedOrAborted(task, step.signal)));
    });
  }

  #checkLocations(spec: EntitySpec): void {
    for (const reference of referencesIn(spec)) this.#locations.check(reference);
  }
}

function* referencesIn(spec: EntitySpec): Generator<LocationReference> {
  yield* spec.locations ?? [];
  for (const child of spec.children) yield* referencesIn(child);
}

function endedOrAborted(task: Task, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new ClockerError("cancelled", `Cancelled while waiting for "${task.name}": ${messageOf(signal.reason)}`));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void task.ended.then(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}

/** What an effector that there is not was given is told of by the task itself. */
function shownParameters(entity: Entity, name: string, parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found = entity.effector(name);
  return found === undefined ? {} : visibleParameters(found, parameters);
}
