import { z } from "zod";

const StepInstance = z
  .object({
    stepIndex: z.int(),
    stepDefinitionDeclaredId: z.string().optional(),
    name: z.string(),
    taskId: z.string().optional(),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    error: z.string().optional(),
    errorHandlerTaskId: z.string().optional(),
    subWorkflows: z.array(z.unknown()).optional().describe("Tags of the workflows within it"),
  })
  .meta({ id: "WorkflowStepInstance" });

const OldStep = z
  .object({
    countStarted: z.int(),
    countCompleted: z.int(),
    context: StepInstance.optional().describe("The last time that it was completed"),
    replayableFromHere: z.boolean().optional(),
    workflowScratch: z.unknown().optional().describe("The variables when it was last begun"),
    previous: z.array(z.int()).optional(),
    next: z.array(z.int()).optional(),
  })
  .meta({ id: "WorkflowOldStep" });

const Replay = z
  .object({
    taskId: z.string(),
    reasonForReplay: z.string(),
    submitTimeUtc: z.int(),
    startTimeUtc: z.int(),
    endTimeUtc: z.int().describe("-1 while it runs"),
    status: z.string(),
    isError: z.boolean().optional(),
    result: z.unknown().optional(),
  })
  .meta({ id: "WorkflowReplay" });

/** A workflow as Brooklyn's `WorkflowExecutionContext` is written. */
export const WorkflowSummary = z
  .object({
    name: z.string(),
    entity: z.unknown(),
    status: z.enum(["STAGED", "RUNNING", "SUCCESS", "ERROR_SHUTDOWN", "ERROR_ENTITY_DESTROYED", "ERROR_CANCELLED", "ERROR"]),
    lastStatusChangeTime: z.string(),
    parentTag: z.unknown().optional().describe("Of the workflow of which it is a part"),
    stepsDefinition: z.unknown(),
    condition: z.unknown().optional(),
    input: z.unknown().optional(),
    outputDefinition: z.unknown().optional(),
    output: z.unknown().optional(),
    lock: z.string().optional(),
    timeout: z.unknown().optional(),
    onError: z.unknown().optional(),
    workflowId: z.string(),
    taskId: z.string().optional(),
    retention: z.object({ expiry: z.string(), hash: z.string() }),
    replays: z.array(Replay),
    replayableLastStep: z.int().optional().describe("The last point marked for replays; -1 is the start, -2 that it has ended well"),
    replayableFromStart: z.boolean(),
    replayableAutomatically: z.boolean(),
    replayableDisabled: z.boolean(),
    idempotentAll: z.boolean(),
    currentStepIndex: z.int().optional(),
    previousStepIndex: z.int().optional(),
    previousStepTaskId: z.string().optional(),
    currentStepInstance: StepInstance.optional(),
    errorHandlerTaskId: z.string().optional(),
    oldStepInfo: z.record(z.string(), OldStep).describe("By the position of the step, from 0; -1 stands for the start and -2 for the end"),
    workflowScratchVariables: z.unknown(),
    retryRecords: z.unknown().optional(),
    mostRecentActivityTime: z.int(),
  })
  .meta({ id: "Workflow" });
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;
