import type { Json, JsonObject } from "../../../model/spec.ts";
import { storable } from "./values.ts";
import type { Replay, StepInstance, StepRecord, WorkflowRun } from "./workflow-run.ts";

/** A workflow as Brooklyn's REST shows its `WorkflowExecutionContext`: fields without a value are left out, values are not yet searched for secrets. */
export function runJson(run: WorkflowRun): JsonObject {
  const { workflow, entity, parent } = run;
  return present({
    name: workflow.name,
    entity: storable(entity),
    status: run.status,
    lastStatusChangeTime: new Date(run.statusAt).toISOString(),
    parentTag: parent?.tag(),
    stepsDefinition: storable(workflow.raw["steps"] ?? []),
    condition: storable(workflow.condition),
    input: ifAny(storable(run.input)),
    outputDefinition: storable(workflow.output),
    output: storable(run.output),
    lock: workflow.lock,
    timeout: storable(workflow.timeout),
    onError: storable(workflow.onError),
    workflowId: run.id,
    taskId: run.taskId,
    retention: { expiry: run.retention.text, hash: run.hash },
    replays: run.replays.map(replayJson),
    replayableLastStep: run.replayableLastStep,
    replayableFromStart: run.replayableFromStart,
    replayableAutomatically: workflow.replayable.automatically,
    replayableDisabled: workflow.replayable.disabled,
    idempotentAll: run.idempotentAll,
    currentStepIndex: run.currentStepIndex,
    previousStepIndex: run.previousStepIndex,
    previousStepTaskId: run.previousStepTaskId,
    currentStepInstance: run.current === undefined ? undefined : instanceJson(run.current),
    errorHandlerTaskId: run.errorHandlerTaskId,
    oldStepInfo: Object.fromEntries([...run.steps].map(([index, record]) => [String(index), recordJson(record)])),
    workflowScratchVariables: storable(run.variables),
    retryRecords: ifAny(Object.fromEntries([...run.retries].map(([hash, times]) => [hash, times.map((time) => new Date(time).toISOString())]))),
    mostRecentActivityTime: run.statusAt,
  });
}

function instanceJson({ stepIndex, id, name, taskId, input, output, error, errorHandlerTaskId, subs }: StepInstance): JsonObject {
  return present({
    stepIndex,
    stepDefinitionDeclaredId: id,
    name,
    taskId,
    input: ifAny(storable(input)),
    output: storable(output),
    error,
    errorHandlerTaskId,
    subWorkflows: subs.length === 0 ? undefined : subs.map((sub) => sub.tag()),
  });
}

function recordJson({ countStarted, countCompleted, context, replayableFromHere, variables, previous, next }: StepRecord): JsonObject {
  return present({
    countStarted,
    countCompleted,
    context: context === undefined ? undefined : instanceJson(context),
    replayableFromHere,
    workflowScratch: variables === undefined ? undefined : ifAny(storable(variables)),
    previous: previous.size === 0 ? undefined : [...previous],
    next: next.size === 0 ? undefined : [...next],
  });
}

function replayJson({ taskId, reason, startedAt, endedAt, status, isError, result }: Replay): JsonObject {
  return present({ taskId, reasonForReplay: reason, submitTimeUtc: startedAt, startTimeUtc: startedAt, endTimeUtc: endedAt ?? -1, status, isError, result: storable(result) });
}

function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null));
}

function ifAny(map: Json): Json | undefined {
  return map !== null && typeof map === "object" && Object.keys(map).length === 0 ? undefined : map;
}
