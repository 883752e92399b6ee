import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { Work } from "../../model/work.ts";
import { ofEntity } from "./entity-values.ts";
import { missing } from "./missing.ts";
import type { Continuation } from "./run/replay-points.ts";
import type { StepInstance, WorkflowRun } from "./run/workflow-run.ts";
import type { Flow } from "./step-type.ts";
import { utility } from "./utilities.ts";

export { missing } from "./missing.ts";

/** What a workflow knows while it runs: its input, its variables, what its steps gave. */
export interface Scope {
  readonly run: WorkflowRun;
  readonly entity: Entity;
  readonly input: Readonly<Record<string, unknown>>;
  readonly variables: Map<string, unknown>;
  /** The last time of each step that has an id: of this workflow, and of those around it that share its variables. */
  readonly instances: Map<string, StepInstance>;
  /** The step that runs. */
  step: StepInstance | undefined;
  /** A variable of the step's own: `missing` when it has none of the name. */
  readonly ownOfStep: (name: string) => Promise<unknown>;
  /** Of the step before. */
  output: unknown;
  /** Of the step itself, while its `output` is made. */
  readonly outputOfStep: unknown;
  /** That an `on-error` handles. */
  error: unknown;
  /** The step of the `on-error` that ran last. */
  handler: StepInstance | undefined;
  /** Runs a workflow within a step of this one, or goes on with it. @returns where its steps lead, of one that shares the variables */
  readonly runWithin: (run: WorkflowRun, input: Readonly<Record<string, unknown>>, outer: Scope, work: Work, from: Continuation) => Promise<Flow | undefined>;
}

/** The value of `a.b['c'][0]`; `missing` when there is none. */
export async function lookUp(expression: string, scope: Scope, work: Work): Promise<unknown> {
  const path = readPath(expression);
  if (path === undefined || path[0] === undefined) throw new ClockerError("invalid-value", `Cannot read "\${${expression}}": expected names with dots, or [...] between them`);
  const [first, ...rest] = path;
  if (first === "workflow") return ofWorkflow(rest, scope, work);
  if (first === "entity") return ofEntity(scope.entity, rest, work);
  if (first === "output") return below(scope.outputOfStep === missing ? scope.output : scope.outputOfStep, rest, work);
  if (first === "error" && scope.error !== missing) return below(scope.error, rest, work);
  for (const known of [fieldOf(scope.outputOfStep, first), await scope.ownOfStep(first), fieldOf(scope.output, first), fieldOf(scope.variables, first), fieldOf(scope.input, first)]) {
    if (known !== missing) return below(known, rest, work);
  }
  return missing;
}

function fieldOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.has(name) ? (value.get(name) as unknown) : missing;
  return isRecord(value) && !(value instanceof Entity) && Object.hasOwn(value, name) ? value[name] : missing;
}

const PART = /\s*(?:\.?([\p{L}_][\p{L}\p{N}_-]*|\d+)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+))\s*\])\s*/uy;

function readPath(expression: string): string[] | undefined {
  const part = new RegExp(PART);
  const path: string[] = [];
  while (part.lastIndex < expression.length) {
    const match = part.exec(expression);
    if (match === null) return undefined;
    path.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? "");
  }
  return path;
}

/** Brooklyn's model `workflow`. */
async function ofWorkflow(path: readonly string[], scope: Scope, work: Work): Promise<unknown> {
  const [first = "", ...rest] = path;
  const { run } = scope;
  switch (first) {
    case "":
      return { id: run.id, name: run.workflow.name };
    case "id":
      return run.id;
    case "name":
      return run.workflow.name;
    case "task_id":
      return run.taskId ?? missing;
    case "link":
      return `/v1/applications/${scope.entity.application.id}/entities/${scope.entity.id}/workflows/${run.root.id}`;
    case "input":
      return below(scope.input, rest, work);
    case "output":
      return below(scope.output, rest, work);
    case "var":
    case "scratch":
      return below(Object.fromEntries(scope.variables), rest, work);
    case "error":
      return below(scope.error, rest, work);
    case "current_step":
      return ofStep(scope.step, rest, scope, work);
    case "previous_step":
      return ofStep(previousOf(scope), rest, scope, work);
    case "error_handler":
      return ofStep(scope.handler, rest, scope, work);
    case "step":
      return ofStep(scope.instances.get(rest[0] ?? ""), rest.slice(1), scope, work);
    case "util":
      return utility(rest[0] ?? "", scope.entity.management.clock);
    default:
      return missing;
  }
}

function previousOf({ run, output }: Scope): StepInstance | undefined {
  const known = run.previousStepIndex === undefined ? undefined : run.steps.get(run.previousStepIndex)?.context;
  // Its output is the one that counts: a step without one leaves that of the step before.
  return known === undefined ? undefined : { ...known, output };
}

async function ofStep(instance: StepInstance | undefined, path: readonly string[], scope: Scope, work: Work): Promise<unknown> {
  if (instance === undefined) return missing;
  const [first = "", ...rest] = path;
  switch (first) {
    case "output":
      return below(instance.output ?? missing, rest, work);
    case "input":
      return below(instance.input, rest, work);
    case "name":
      return instance.name;
    case "task_id":
      return instance.taskId ?? missing;
    case "step_id":
      return instance.id ?? missing;
    case "step_index":
      return instance.stepIndex;
    case "error":
      return below(instance === scope.handler ? scope.error : (instance.error ?? missing), rest, work);
    default:
      return missing;
  }
}

/** What stands below a value. */
export function below(value: unknown, path: readonly string[], work: Work): unknown {
  let current = value;
  for (const [index, name] of path.entries()) {
    if (current instanceof Entity) return ofEntity(current, path.slice(index), work);
    if (current === missing || current === null || typeof current !== "object") return missing;
    if (Array.isArray(current)) {
      const item: unknown = name === "size" ? current.length : current.at(Number(name));
      current = item === undefined ? missing : item;
    } else if (current instanceof Error) current = fieldOfError(current, name);
    else current = Object.hasOwn(current, name) ? (Reflect.get(current, name) as unknown) : missing;
  }
  return current;
}

function fieldOfError(error: Error, name: string): unknown {
  if (name === "message") return error.message;
  if (name === "cause") return error.cause ?? missing;
  if (error instanceof ClockerError && name === "code") return error.code;
  return error instanceof ClockerError && Object.hasOwn(error.details, name) ? error.details[name] : missing;
}

/** A value as text stands for it within other text. */
export function shownAs(value: unknown): string {
  if (value instanceof Entity) return value.id;
  if (value instanceof Error) return value.message;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
