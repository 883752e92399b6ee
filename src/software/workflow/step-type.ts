import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";
import type { ReplayMark } from "./run/replayable.ts";
import type { StepInstance, WorkflowRun } from "./run/workflow-run.ts";
import type { Scope } from "./scope.ts";

/** A kind of workflow step. Adding one is one file with this and one line in `steps/index.ts`. */
export interface StepType {
  readonly name: string;
  /** What it takes beside what every step takes. */
  readonly keys: readonly string[];
  /** For the table of the docs: what is to be known of it. */
  readonly note?: string;
  /** Reads the text after the name, `x = 1` of `let x = 1`; undefined when it is not understood. */
  readonly shorthand?: (text: string) => Readonly<Record<string, unknown>> | undefined;
  /** How the shorthand is written, for messages and the docs. */
  readonly form: string;
  /** Whether running it twice is as running it once, so that a workflow may go on at it; so unless said. */
  readonly isIdempotent?: boolean;
  /** Whether it runs further steps: it may go on when those may. */
  readonly hasSteps?: boolean;
  /** That it is read, and fails when it is run: what it needs is not there. */
  readonly isRefused?: boolean;
  /** What it returns is the step's output; undefined leaves the output of the step before. */
  run(call: StepCall): Promise<unknown>;
}

/** A step of a workflow, read. */
export interface Step {
  readonly type: StepType;
  /** As people know it: its `name`, else how it was written. */
  readonly name: string;
  readonly id: string | undefined;
  /** What it was given, by key, not yet resolved. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its `input` as it was written: its own variables. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly replay: ReplayMark | undefined;
}

/** A step that runs. */
export interface StepCall {
  readonly step: Step;
  readonly entity: Entity;
  readonly scope: Scope;
  readonly work: Work;
  readonly run: WorkflowRun;
  readonly instance: StepInstance;
  /** Whether an `on-error` runs it. */
  readonly isHandling: boolean;
  /** A value of the step with its `${...}` and `$brooklyn:` expressions resolved; undefined when it is not given. */
  get(key: string): Promise<unknown>;
  /** As `get`, as text. @throws ClockerError `invalid-value` when there is none */
  text(key: string): Promise<string>;
  /** The entity that the step is about: its own unless `entity` names another. */
  target(): Promise<Entity>;
  /** Runs further steps with the same variables, and passes on where they lead; their output. */
  steps(raw: unknown, key?: string): Promise<unknown>;
  /** Runs a workflow with variables of its own, as one of the workflows within this step; gives its output. One of the same name that had ended before a restart is not run again. */
  nested(raw: unknown, variables: Readonly<Record<string, unknown>>, name: string, options?: NestedOptions): Promise<unknown>;
  /** Keeps what the step must know to go on after a restart; durable when it resolves. */
  remember(state: Readonly<Record<string, unknown>>): Promise<void>;
  /** What comes after this step. */
  next(flow: Flow): void;
}

export interface NestedOptions {
  readonly entity?: Entity;
  /** Told the variables when it has ended. */
  readonly onEnd?: (run: WorkflowRun) => void;
}

/** Where a step leads; without one the next step follows. */
export type Flow =
  | { readonly kind: "goto"; readonly label: string }
  | { readonly kind: "return"; readonly value: unknown }
  /** `retry`: in an `on-error` `end` is the step that failed; `last` is the last point marked for it. */
  | { readonly kind: "replay"; readonly from: string; readonly force: boolean };
