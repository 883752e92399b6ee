import type { Entity } from "../../../model/entity.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import type { Json, JsonObject } from "../../../model/spec.ts";
import { readWorkflow, type Workflow } from "../definition.ts";
import { readReplayable } from "./replayable.ts";
import { readRetention, systemRetention } from "./retention.ts";
import { revived, storable } from "./values.ts";
import { type Replay, runStatuses, type StepInstance, type StepRecord, WorkflowRun } from "./workflow-run.ts";

/** Characters of a step's variables that are stored with it; what is more is only there until the server ends. */
const LARGEST_SNAPSHOT = 200_000;

/** A run as the store keeps it, with the workflows within it. All of it is under a name that has the store seal it: variables may hold anything. */
export function runToRecord(run: WorkflowRun): JsonObject {
  return { entityId: run.entity.id, private: stateOf(run) };
}

function stateOf(run: WorkflowRun): JsonObject {
  return {
    id: run.id,
    entityId: run.entity.id,
    name: run.workflow.name,
    key: run.key,
    isLocal: run.isLocal,
    definition: run.status === "SUCCESS" && run.parent !== undefined ? null : storable(run.workflow.raw),
    status: run.status,
    statusAt: run.statusAt,
    input: storable(run.input),
    output: storable(run.output),
    taskId: run.taskId ?? null,
    replays: run.replays.map((replay) => storable(replay)),
    replayableLastStep: run.replayableLastStep ?? null,
    replayableFromStart: run.replayableFromStart,
    currentStepIndex: run.currentStepIndex ?? null,
    previousStepIndex: run.previousStepIndex ?? null,
    previousStepTaskId: run.previousStepTaskId ?? null,
    current: run.current === undefined ? null : instanceToJson(run.current),
    errorHandlerTaskId: run.errorHandlerTaskId ?? null,
    steps: [...run.steps].map(([index, record]) => recordToJson(index, record, run.current)),
    variables: run.isLocal ? null : storable(run.variables),
    retries: storable(run.retries),
    retention: run.retention.text,
  };
}

function instanceToJson(instance: StepInstance): JsonObject {
  const { stepIndex, id = null, name, taskId = null, input, output, error = null, errorHandlerTaskId = null, state, subs } = instance;
  return { stepIndex, id, name, taskId, input: storable(input), output: storable(output), error, errorHandlerTaskId, state, subs: subs.map(stateOf) };
}

function recordToJson(index: number, record: StepRecord, current: StepInstance | undefined): JsonObject {
  const { countStarted, countCompleted, context, replayableFromHere = null, previous, next } = record;
  return {
    index,
    countStarted,
    countCompleted,
    // The same object is written once.
    context: context === undefined || context === current ? null : instanceToJson(context),
    isCurrent: context !== undefined && context === current,
    replayableFromHere,
    variables: storedSnapshot(record.variables),
    previous: [...previous],
    next: [...next],
  };
}

const snapshots = new WeakMap<ReadonlyMap<string, unknown>, { json: Json }>();

/** Snapshots never change: each is made JSON once. */
function storedSnapshot(variables: ReadonlyMap<string, unknown> | undefined): Json {
  if (variables === undefined) return null;
  const known = snapshots.get(variables);
  if (known !== undefined) return known.json;
  const json = storable(variables);
  const made = { json: JSON.stringify(json).length > LARGEST_SNAPSHOT ? null : json };
  snapshots.set(variables, made);
  return made.json;
}

/** A run from its record. One whose steps can't be read any more, as a step type is gone, is there to look at. */
export function runFromRecord(data: JsonObject, entity: Entity): WorkflowRun | undefined {
  const state = data["private"];
  return isRecord(state) ? runFrom(state, entity) : undefined;
}

function runFrom(state: Readonly<Record<string, unknown>>, fallback: Entity, parent?: WorkflowRun): WorkflowRun {
  const { management } = fallback;
  const entity = management.entity(text(state["entityId"]) ?? "") ?? fallback;
  const run = new WorkflowRun({
    id: text(state["id"]) ?? "",
    entity,
    workflow: workflowOf(state, entity),
    now: number(state["statusAt"]) ?? 0,
    key: text(state["key"]) ?? "",
    isLocal: state["isLocal"] === true,
    ...(parent === undefined ? {} : { parent }),
  });
  const value = (key: string): unknown => revived(state[key], management);
  const input = value("input");
  run.status = runStatuses.find((status) => status === state["status"]) ?? "ERROR";
  if (isRecord(input)) run.input = input;
  run.output = value("output") ?? undefined;
  run.taskId = text(state["taskId"]);
  run.replays = list(state["replays"]).flatMap((each) => (isRecord(each) ? [replayFrom(each)] : []));
  run.replayableLastStep = number(state["replayableLastStep"]);
  run.replayableFromStart = state["replayableFromStart"] === true;
  run.currentStepIndex = number(state["currentStepIndex"]);
  run.previousStepIndex = number(state["previousStepIndex"]);
  run.previousStepTaskId = text(state["previousStepTaskId"]);
  run.errorHandlerTaskId = text(state["errorHandlerTaskId"]);
  run.retention = readRetention(text(state["retention"]) ?? "system", "a stored workflow", parent?.retention ?? systemRetention);
  for (const [name, each] of entries(value("variables"))) run.variables.set(name, each);
  for (const [hash, times] of entries(state["retries"])) run.retries.set(hash, list(times).map(Number));
  if (isRecord(state["current"])) run.current = instanceFrom(state["current"], run);
  for (const each of list(state["steps"])) if (isRecord(each)) restoreRecord(each, run);
  return run;
}

function workflowOf(state: Readonly<Record<string, unknown>>, entity: Entity): Workflow {
  const name = text(state["name"]) ?? "workflow";
  const raw = isRecord(state["definition"]) ? state["definition"] : {};
  try {
    return readWorkflow(raw, name, `workflow "${name}"`, entity);
  } catch {
    const none = { steps: [], input: {}, parameters: [], output: undefined, condition: undefined, onError: undefined, timeout: undefined, lock: undefined, retention: undefined };
    return { name, raw, ...none, idempotentAll: false, replayable: readReplayable("disabled", name) };
  }
}

function instanceFrom(state: Readonly<Record<string, unknown>>, run: WorkflowRun): StepInstance {
  const { management } = run.entity;
  const step = number(state["stepIndex"]) ?? 0;
  return {
    stepIndex: step,
    id: text(state["id"]),
    name: text(state["name"]) ?? "",
    taskId: text(state["taskId"]),
    input: isRecord(state["input"]) ? state["input"] : {},
    output: revived(state["output"], management) ?? undefined,
    error: text(state["error"]),
    errorHandlerTaskId: text(state["errorHandlerTaskId"]),
    // It was JSON when it was stored.
    state: isRecord(state["state"]) ? (state["state"] as JsonObject) : {},
    subs: list(state["subs"]).flatMap((each) => (isRecord(each) ? [runFrom(each, run.entity, run)] : [])),
  };
}

function restoreRecord(state: Readonly<Record<string, unknown>>, run: WorkflowRun): void {
  const { management } = run.entity;
  const snapshot = state["variables"];
  run.steps.set(number(state["index"]) ?? 0, {
    countStarted: number(state["countStarted"]) ?? 0,
    countCompleted: number(state["countCompleted"]) ?? 0,
    context: state["isCurrent"] === true ? run.current : isRecord(state["context"]) ? instanceFrom(state["context"], run) : undefined,
    replayableFromHere: typeof state["replayableFromHere"] === "boolean" ? state["replayableFromHere"] : undefined,
    variables: isRecord(snapshot) ? new Map(entries(revived(snapshot, management))) : undefined,
    previous: new Set(list(state["previous"]).map(Number)),
    next: new Set(list(state["next"]).map(Number)),
  });
}

function replayFrom(state: Readonly<Record<string, unknown>>): Replay {
  return {
    taskId: text(state["taskId"]) ?? "",
    reason: text(state["reason"]) ?? "",
    startedAt: number(state["startedAt"]) ?? 0,
    endedAt: number(state["endedAt"]),
    status: text(state["status"]) ?? "",
    isError: typeof state["isError"] === "boolean" ? state["isError"] : undefined,
    result: state["result"] ?? undefined,
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const entries = (value: unknown): [string, unknown][] => (isRecord(value) ? Object.entries(value) : []);
