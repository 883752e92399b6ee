import type { Entity } from "../../../model/entity.ts";
import { messageOf } from "../../../model/errors.ts";
import type { JsonObject } from "../../../model/spec.ts";
import type { Workflow } from "../definition.ts";
import type { Step } from "../step-type.ts";
import { defaultRetention, RETENTION_DEFAULT, type Retention } from "./retention.ts";

/** Brooklyn's `WorkflowStatus`. */
export const runStatuses = ["STAGED", "RUNNING", "SUCCESS", "ERROR_SHUTDOWN", "ERROR_ENTITY_DESTROYED", "ERROR_CANCELLED", "ERROR"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Positions that are no step's (Brooklyn's `STEP_INDEX_FOR_START` and `_FOR_END`). */
export const START = -1;
export const END = -2;

/** One time that a step is run. */
export interface StepInstance {
  readonly stepIndex: number;
  readonly id: string | undefined;
  readonly name: string;
  taskId: string | undefined;
  /** What it was given, not resolved. */
  readonly input: Readonly<Record<string, unknown>>;
  output: unknown;
  /** Why it failed, where that was not handled. */
  error: string | undefined;
  errorHandlerTaskId: string | undefined;
  /** What the step must know to go on where it was cut off. */
  state: JsonObject;
  /** Workflows within it, in the order of their beginning. */
  subs: WorkflowRun[];
}

/** What is remembered of a step. */
export interface StepRecord {
  countStarted: number;
  countCompleted: number;
  /** The last time that it was completed. */
  context: StepInstance | undefined;
  replayableFromHere: boolean | undefined;
  /** The variables when it was last begun; undefined where there were too many to keep. */
  variables: ReadonlyMap<string, unknown> | undefined;
  readonly previous: Set<number>;
  readonly next: Set<number>;
}

/** One task that ran the workflow: the first, or a replay. */
export interface Replay {
  readonly taskId: string;
  readonly reason: string;
  readonly startedAt: number;
  endedAt: number | undefined;
  status: string;
  isError: boolean | undefined;
  result: unknown;
}

/** Characters of variables, as JSON, that are kept for each step. */
const LARGEST_SNAPSHOT = 200_000;
/** Replays that are remembered. */
const REPLAYS = 50;

/** A workflow that runs, or ran: where it is, its variables, what its steps gave. Stored, so that it can go on after a restart (Brooklyn's `WorkflowExecutionContext`). */
export class WorkflowRun {
  readonly id: string;
  readonly entity: Entity;
  readonly workflow: Workflow;
  readonly parent: WorkflowRun | undefined;
  /** Which of the workflows of its parent's step it is. */
  readonly key: string;
  /** Whether it shares its parent's variables: the steps of an `if`. */
  readonly isLocal: boolean;
  readonly idempotentAll: boolean;
  status: RunStatus = "STAGED";
  statusAt: number;
  input: Readonly<Record<string, unknown>> = {};
  output: unknown;
  taskId: string | undefined;
  replays: Replay[] = [];
  replayableLastStep: number | undefined;
  replayableFromStart: boolean;
  currentStepIndex: number | undefined;
  previousStepIndex: number | undefined;
  previousStepTaskId: string | undefined;
  current: StepInstance | undefined;
  errorHandlerTaskId: string | undefined;
  readonly steps = new Map<number, StepRecord>();
  readonly variables: Map<string, unknown>;
  /** When each `retry` was made, by its hash: milliseconds since the epoch. */
  readonly retries = new Map<string, number[]>();
  retention: Retention;
  /** Told of each change that must be stored. */
  onChanged: () => void = () => {};

  constructor(init: { id: string; entity: Entity; workflow: Workflow; now: number; parent?: WorkflowRun; key?: string; isLocal?: boolean }) {
    this.id = init.id;
    this.entity = init.entity;
    this.workflow = init.workflow;
    this.parent = init.parent;
    this.key = init.key ?? "";
    this.isLocal = init.isLocal ?? false;
    this.statusAt = init.now;
    this.variables = this.isLocal && init.parent !== undefined ? init.parent.variables : new Map<string, unknown>();
    this.idempotentAll = init.workflow.idempotentAll || init.parent?.idempotentAll === true;
    this.replayableFromStart = init.workflow.replayable.fromStart;
    if (this.replayableFromStart) this.replayableLastStep = START;
    this.retention = init.workflow.retention ?? init.parent?.retention ?? defaultRetention(init.entity.management.property(RETENTION_DEFAULT));
  }

  get root(): WorkflowRun {
    return this.parent === undefined ? this : this.parent.root;
  }

  get isEnded(): boolean {
    return this.status !== "STAGED" && this.status !== "RUNNING";
  }

  /** What counts together for its retention. */
  get hash(): string {
    return this.retention.hash ?? this.workflow.name;
  }

  /** The tag of its tasks, by which clients find it (reference, 2.2). */
  tag(more: JsonObject = {}): JsonObject {
    return { applicationId: this.entity.application.id, entityId: this.entity.id, workflowId: this.id, workflowName: this.workflow.name, ...more };
  }

  /** Itself and the workflows within its steps. */
  *all(): Generator<WorkflowRun> {
    yield this;
    const instances = new Set([this.current, ...[...this.steps.values()].map(({ context }) => context)]);
    for (const instance of instances) for (const sub of instance?.subs ?? []) yield* sub.all();
  }

  changed(): void {
    this.root.onChanged();
  }

  begin(taskId: string, reason: string, now: number): void {
    this.taskId = taskId;
    this.replays.push({ taskId, reason, startedAt: now, endedAt: undefined, status: "In progress", isError: undefined, result: undefined });
    if (this.replays.length > REPLAYS) this.replays.shift();
    this.#become("RUNNING", now);
  }

  /** The end of the server ended what ran it. */
  interrupted(error: unknown, now: number): void {
    if (this.replays.at(-1)?.endedAt === undefined) this.#end("Failed", true, messageOf(error), now);
  }

  succeed(output: unknown, now: number): void {
    this.output = output;
    this.replayableLastStep = END;
    this.#record(this.previousStepIndex ?? START).next.add(END);
    this.#record(END).previous.add(this.previousStepIndex ?? START);
    this.#end("Completed", false, output, now);
    this.#become("SUCCESS", now);
  }

  fail(status: RunStatus, error: unknown, now: number): void {
    const text = messageOf(error);
    if (this.current !== undefined && this.current.error === undefined) this.current.error = text;
    this.#end(status === "ERROR_CANCELLED" ? "Cancelled" : "Failed", true, text, now);
    this.#become(status, now);
  }

  /** A step is about to be run: from here the workflow goes on if it is cut off. */
  stepBegins(instance: StepInstance, step: Step): void {
    const index = instance.stepIndex;
    const before = this.previousStepIndex ?? START;
    const record = this.#record(index);
    record.countStarted++;
    record.variables = this.#snapshot();
    record.previous.add(before);
    this.#record(before).next.add(index);
    this.current = instance;
    this.errorHandlerTaskId = undefined;
    this.#markReplayable(record, step, index);
    this.changed();
  }

  stepEnded(instance: StepInstance): void {
    const record = this.#record(instance.stepIndex);
    record.countCompleted++;
    record.context = instance;
    this.previousStepTaskId = instance.taskId;
    this.previousStepIndex = instance.stepIndex;
    // What a success within gave is in its output: of many rounds the last are kept to look at.
    for (const sub of instance.subs) if (sub.status === "SUCCESS") sub.forgetSteps();
    if (instance.subs.length > KEPT_ROUNDS) instance.subs = instance.subs.slice(-KEPT_ROUNDS);
  }

  /** Of what has succeeded only the outcome is needed. */
  forgetSteps(): void {
    this.steps.clear();
    this.current = undefined;
    if (!this.isLocal) this.variables.clear();
  }

  /** Puts the variables back to what they were when a step was last begun. */
  restoreVariables(index: number): void {
    const known = index === START ? new Map<string, unknown>() : this.steps.get(index)?.variables;
    if (known === undefined) return;
    this.variables.clear();
    for (const [name, value] of known) this.variables.set(name, value);
  }

  #markReplayable(record: StepRecord, { replay }: Step, index: number): void {
    if (replay === undefined) return;
    if (replay.reset) {
      this.replayableFromStart = false;
      this.replayableLastStep = undefined;
      for (const other of this.steps.values()) other.replayableFromHere = undefined;
    }
    if (!replay.here) return;
    record.replayableFromHere = true;
    this.replayableLastStep = index;
  }

  #snapshot(): ReadonlyMap<string, unknown> | undefined {
    let size = 0;
    for (const value of this.variables.values()) size += typeof value === "string" ? value.length : 100;
    return size > LARGEST_SNAPSHOT ? undefined : new Map(this.variables);
  }

  #record(index: number): StepRecord {
    let record = this.steps.get(index);
    if (record === undefined) this.steps.set(index, (record = newStepRecord()));
    return record;
  }

  #end(status: string, isError: boolean, result: unknown, now: number): void {
    const replay = this.replays.at(-1);
    if (replay === undefined) return;
    replay.endedAt = now;
    replay.status = status;
    replay.isError = isError;
    replay.result = result;
  }

  #become(status: RunStatus, now: number): void {
    this.status = status;
    this.statusAt = now;
    this.changed();
  }
}

/** Workflows within one step that are remembered once it has ended. */
const KEPT_ROUNDS = 20;

export function newStepRecord(): StepRecord {
  return { countStarted: 0, countCompleted: 0, context: undefined, replayableFromHere: undefined, variables: undefined, previous: new Set(), next: new Set() };
}
