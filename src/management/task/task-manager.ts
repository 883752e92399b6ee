import type { Clock } from "../../model/clock.ts";
import { ClockerError, messageOf, remedyOf } from "../../model/errors.ts";
import type { EventBus } from "../../model/events.ts";
import type { IdSource } from "../../model/ids.ts";
import type { Submitted } from "../../model/management.ts";
import { Task } from "../../model/task.ts";
import type { StepOptions, Work } from "../../model/work.ts";

/** What the task manager asks of the store: keep a task's record, or forget it. */
export interface TaskArchive {
  changed(task: Task): void;
  removed(task: Task): void;
}

/** What keeps secrets out of what tasks show. */
export interface Confidential {
  /** Told the tags of every task that is made: among them the parameters of effectors. */
  learn(tag: unknown): void;
  scrub(text: string): string;
}

/** Ended top-level tasks kept for an entity; polls and the like (tagged TRANSIENT) are fewer. */
const KEPT_PER_ENTITY = 100;
const KEPT_TRANSIENT_PER_ENTITY = 10;

/**
 * Runs work as tasks and keeps the tree of what runs and ran. Memory is bounded: per entity the last tasks are kept, and streams are cut.
 */
export class TaskManager {
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #events: EventBus;
  readonly #archive: TaskArchive;
  readonly #confidential: Confidential;
  readonly #tasks = new Map<string, Task>();
  readonly #topLevel = new Map<string | undefined, Task[]>();
  readonly #ofEntity = new Map<string, Set<Task>>();
  readonly #running = new Set<Task>();
  /** Tasks whose entity went while they ran (its removal is one): kept for a while after they ended. */
  readonly #orphans = new Set<Task>();

  constructor(init: { clock: Clock; ids: IdSource; events: EventBus; archive: TaskArchive; confidential?: Confidential }) {
    this.#clock = init.clock;
    this.#ids = init.ids;
    this.#events = init.events;
    this.#archive = init.archive;
    this.#confidential = init.confidential ?? { learn: () => {}, scrub: (text) => text };
  }

  task(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  /** Top-level tasks and sub-tasks that work on this entity, in the order they were submitted. */
  tasksOf(entityId: string): Task[] {
    return [...(this.#ofEntity.get(entityId) ?? [])];
  }

  all(): Iterable<Task> {
    return this.#tasks.values();
  }

  running(): ReadonlySet<Task> {
    return this.#running;
  }

  submit<T>(entityId: string | undefined, name: string, body: (work: Work) => Promise<T>, options: { description?: string; tags?: readonly unknown[] } = {}): Submitted<T> {
    const task = this.#add({ name, entityId, ...options });
    const result = this.#run(task, body);
    // The failure is on the task; whoever wants it awaits `result`.
    result.catch(() => {});
    return { task, result };
  }

  /** Puts back a task of an earlier run of the server. */
  restore(task: Task): void {
    this.#index(task);
  }

  /** Stores a restored task that changed: it was cut off by the end of the server. */
  keep(task: Task): void {
    this.#archive.changed(task);
  }

  /** Forgets the tasks of an entity that is gone, but for those still running. */
  forget(entityId: string): void {
    for (const task of this.tasksOf(entityId)) {
      if (task.parent !== undefined) continue;
      if (task.isEnded) this.#drop(task);
      else this.#orphans.add(task);
    }
  }

  /** After a restart: tasks of entities that are gone are kept for a while, as those whose entity goes while they run. */
  forgetAllBut(isKnown: (entityId: string) => boolean): void {
    for (const task of this.#tasks.values()) {
      if (task.parent === undefined && task.entityId !== undefined && !isKnown(task.entityId)) this.#orphans.add(task);
    }
  }

  #add(init: { name: string; entityId: string | undefined; description?: string; tags?: readonly unknown[]; parent?: Task }): Task {
    const task = new Task({ id: this.#ids.taskId(), submittedAt: this.#clock.now(), ...init });
    for (const tag of task.tags) if (typeof tag === "object") this.#confidential.learn(tag);
    this.#index(task);
    this.#notify(task);
    return task;
  }

  #index(task: Task): void {
    this.#tasks.set(task.id, task);
    if (task.entityId !== undefined) {
      const known = this.#ofEntity.get(task.entityId) ?? new Set();
      this.#ofEntity.set(task.entityId, known);
      known.add(task);
    }
    if (task.parent !== undefined) return;
    const siblings = this.#topLevel.get(task.entityId) ?? [];
    this.#topLevel.set(task.entityId, siblings);
    siblings.push(task);
  }

  async #run<T>(task: Task, body: (work: Work) => Promise<T>): Promise<T> {
    task.begin(this.#clock.now());
    this.#running.add(task);
    this.#notify(task);
    try {
      task.signal.throwIfAborted();
      const result = await body(this.#workOf(task));
      task.end(this.#clock.now(), { result });
      return result;
    } catch (thrown) {
      const error = asError(thrown);
      task.end(this.#clock.now(), { error, remedy: remedyOf(error) });
      throw error;
    } finally {
      // Whoever awaits the outcome has it as it is; the task is for people.
      if (typeof task.result === "string") task.result = this.#confidential.scrub(task.result);
      this.#running.delete(task);
      this.#notify(task);
      if (task.parent === undefined) this.#trim(task.entityId);
    }
  }

  #workOf(task: Task): Work {
    return {
      taskId: task.id,
      signal: task.signal,
      step: (name, body, options) => this.#step(task, name, body, options),
      write: (stream, chunk) => task.stream(stream).write(chunk),
      log: (line) => task.stream("stdout").write(`${line}\n`),
      waitFor: (what) => {
        task.waitingFor = what;
      },
    };
  }

  async #step<T>(parent: Task, name: string, body: (work: Work) => Promise<T>, options: StepOptions = {}): Promise<T> {
    const { inessential = false, tags = [], entityId = parent.entityId, description } = options;
    const transient = parent.tags.includes("TRANSIENT") ? ["TRANSIENT"] : [];
    const task = this.#add({
      name,
      entityId,
      parent,
      tags: ["SUB-TASK", ...transient, ...(inessential ? ["inessential"] : []), ...tags],
      ...(description === undefined ? {} : { description }),
    });
    if (parent.signal.aborted) task.cancel(asError(parent.signal.reason));
    try {
      return await this.#run(task, body);
    } catch (error) {
      if (!inessential || parent.signal.aborted) throw error;
      // `step` documents that an inessential failure resolves to undefined.
      return undefined as T;
    }
  }

  #notify(task: Task): void {
    if (!task.tags.includes("TRANSIENT")) this.#archive.changed(task);
    this.#events.publish({ kind: "task", task });
  }

  #trim(entityId: string | undefined): void {
    const endedOrphans = [...this.#orphans].filter((task) => task.isEnded);
    for (const task of endedOrphans.slice(0, Math.max(0, endedOrphans.length - KEPT_PER_ENTITY))) {
      this.#orphans.delete(task);
      this.#drop(task);
    }
    const tasks = this.#topLevel.get(entityId) ?? [];
    for (const transient of [true, false]) {
      const ended = tasks.filter((task) => task.isEnded && !this.#orphans.has(task) && task.tags.includes("TRANSIENT") === transient);
      const surplus = ended.length - (transient ? KEPT_TRANSIENT_PER_ENTITY : KEPT_PER_ENTITY);
      for (const task of ended.slice(0, Math.max(0, surplus))) this.#drop(task);
    }
  }

  #drop(task: Task): void {
    for (const child of task.children) this.#drop(child);
    this.#tasks.delete(task.id);
    if (task.entityId !== undefined) {
      const known = this.#ofEntity.get(task.entityId);
      known?.delete(task);
      if (known?.size === 0) this.#ofEntity.delete(task.entityId);
    }
    if (task.parent === undefined) {
      const siblings = this.#topLevel.get(task.entityId) ?? [];
      const index = siblings.indexOf(task);
      if (index >= 0) siblings.splice(index, 1);
      if (siblings.length === 0) this.#topLevel.delete(task.entityId);
    }
    if (!task.tags.includes("TRANSIENT")) this.#archive.removed(task);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new ClockerError("internal", messageOf(thrown));
}
