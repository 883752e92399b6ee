import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { JsonObject } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { readWorkflow, type Workflow } from "./definition.ts";
import { entityOf } from "./find-entity.ts";
import { interpolated } from "./interpolate.ts";
import { type Continuation, resuming } from "./run/replay-points.ts";
import { storable } from "./run/values.ts";
import { START, type StepInstance, WorkflowRun } from "./run/workflow-run.ts";
import { type Scope, shownAs } from "./scope.ts";
import type { Flow, NestedOptions, Step, StepCall } from "./step-type.ts";

interface CallInit {
  readonly step: Step;
  readonly instance: StepInstance;
  readonly scope: Scope;
  readonly work: Work;
  readonly resume: Extract<Continuation, { kind: "resume" }> | undefined;
  readonly isHandling: boolean;
  readonly next: (flow: Flow) => void;
}

/** What a step that runs is given. */
export function callOf(init: CallInit): StepCall {
  const { step, instance, scope, work, next, isHandling } = init;
  const get = async (key: string): Promise<unknown> => (step.fields[key] === undefined ? undefined : interpolated(step.fields[key], scope, work));
  return {
    step,
    entity: scope.entity,
    scope,
    work,
    run: scope.run,
    instance,
    isHandling,
    get,
    text: async (key) => {
      const value = await get(key);
      if (value === undefined || value === null) throw new ClockerError("invalid-value", `"${step.type.name}" needs "${key}"`, { remedy: `Write "${step.type.form}"` });
      return shownAs(value);
    },
    target: async () => entityOf(await get("entity"), scope.entity),
    steps: (raw, key = "steps") => runLocal(init, raw, key),
    nested: (raw, variables, name, options = {}) => runNested(init, raw, variables, name, options),
    remember: async (state) => {
      // What is made JSON of a map is a map.
      Object.assign(instance.state, storable(state) as JsonObject);
      scope.run.changed();
      if (!isHandling && scope.run.root.retention.keep !== "disabled" && scope.run.entity.isManaged) await scope.run.entity.management.documents.flush();
    },
    next,
  };
}

async function runLocal(init: CallInit, raw: unknown, key: string): Promise<unknown> {
  const { step, scope, work, next } = init;
  const { sub, from } = subRun(init, key, scope.entity, true, () => definitionOnce(step, raw, scope.entity));
  const flow = await scope.runWithin(sub, {}, scope, work, from);
  if (flow !== undefined) next(flow);
  return undefined;
}

async function runNested(init: CallInit, raw: unknown, variables: Readonly<Record<string, unknown>>, name: string, options: NestedOptions): Promise<unknown> {
  const { step, scope, work } = init;
  const { entity = scope.entity, onEnd } = options;
  const { sub, from, isDone } = subRun(init, name, entity, false, () => ({ ...definitionOnce(step, raw, entity), name }));
  if (!isDone) await work.step(name, (inner) => scope.runWithin(sub, variables, scope, inner, from), { tags: ["WORKFLOW", sub.tag()], entityId: entity.id });
  onEnd?.(sub);
  return sub.output ?? null;
}

/** The workflow within a step: one of an earlier try that has not ended yet, or one that had succeeded, else a new one. */
function subRun(init: CallInit, key: string, entity: Entity, isLocal: boolean, workflow: () => Workflow): { sub: WorkflowRun; from: Continuation; isDone: boolean } {
  const { instance, scope, resume, isHandling } = init;
  const { clock, ids } = entity.management;
  const known = resume === undefined ? undefined : instance.subs.find((each) => each.key === key && each.isLocal === isLocal);
  if (known?.status === "SUCCESS" && !isLocal) return { sub: known, from: { kind: "step", index: START }, isDone: true };
  if (known !== undefined && known.status !== "SUCCESS") return { sub: known, from: resuming(known, { ...(resume?.inject === undefined ? {} : { inject: resume.inject }), ...(resume?.force === true ? { force: true } : {}) }), isDone: false };
  const sub = new WorkflowRun({ id: ids.taskId(), entity, workflow: workflow(), now: clock.now(), parent: scope.run, key, isLocal });
  if (!isHandling) instance.subs.push(sub);
  return { sub, from: { kind: "step", index: START }, isDone: false };
}

const definitions = new WeakMap<object, Map<unknown, Workflow>>();

/** A workflow within a step is read once: `retry` counts by step. */
function definitionOnce(step: Step, raw: unknown, entity: Entity): Workflow {
  const known = definitions.get(step) ?? new Map<unknown, Workflow>();
  definitions.set(step, known);
  const definition = known.get(raw) ?? readWorkflow(isDefinition(raw) ? raw : { steps: Array.isArray(raw) ? (raw as unknown[]) : [raw] }, step.name, `"${step.name}"`, entity);
  known.set(raw, definition);
  return definition;
}

function isDefinition(raw: unknown): boolean {
  return isRecord(raw) && raw["steps"] !== undefined && raw["step"] === undefined;
}
