import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";
import type { Scope } from "./scope.ts";

/** A kind of workflow step. Adding one is one file with this and one line in `steps/index.ts`. */
export interface StepType {
  readonly name: string;
  /** What it takes beside what every step takes. */
  readonly keys: readonly string[];
  /** For the table of the docs: how it differs from Brooklyn's. */
  readonly note?: string;
  /** Reads the text after the name, `x = 1` of `let x = 1`; undefined when it is not understood. */
  readonly shorthand?: (text: string) => Readonly<Record<string, unknown>> | undefined;
  /** How the shorthand is written, for messages and the docs. */
  readonly form: string;
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
}

/** A step that runs. */
export interface StepCall {
  readonly step: Step;
  readonly entity: Entity;
  readonly scope: Scope;
  readonly work: Work;
  /** A value of the step with its `${...}` and `$brooklyn:` expressions resolved; undefined when it is not given. */
  get(key: string): Promise<unknown>;
  /** As `get`, as text. @throws ClockerError `invalid-value` when there is none */
  text(key: string): Promise<string>;
  /** The entity that the step is about: its own unless `entity` names another. */
  target(): Promise<Entity>;
  /** Runs further steps in the same scope, and passes on where they lead. */
  steps(raw: unknown): Promise<unknown>;
  /** Runs further steps with variables of their own; gives their output. */
  nested(raw: unknown, variables: Readonly<Record<string, unknown>>, name: string, options?: { entity?: Entity; work?: Work }): Promise<unknown>;
  /** What comes after this step. */
  next(flow: Flow): void;
}

/** Where a step leads; without one the next step follows. */
export type Flow =
  | { readonly kind: "goto"; readonly label: string }
  | { readonly kind: "return"; readonly value: unknown }
  | { readonly kind: "retry"; readonly label: string | undefined };
