import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Task, TaskState } from "../../model/task.ts";
import { showDuration } from "../../model/types/index.ts";
import { Links, links, segment } from "./links.ts";
import { withoutSecrets } from "./secrets.ts";
import { jsonOf } from "./values.ts";

const LinkToTask = z
  .object({
    link: z.string(),
    metadata: z.object({ id: z.string(), taskName: z.string().optional(), entityId: z.string().optional(), entityDisplayName: z.string().optional() }),
  })
  .meta({ id: "LinkWithMetadata" });

const StreamLink = z.object({ link: z.string(), metadata: z.object({ name: z.string(), size: z.int().describe("Characters"), sizeText: z.string() }) }).meta({ id: "StreamLink" });

export const statuses = ["Not submitted", "Submitted for execution", "In progress", "Completed", "Failed", "Cancelled", "Unknown"] as const;

export const TaskSummary = z
  .object({
    id: z.string(),
    displayName: z.string(),
    description: z.string(),
    entityId: z.string().optional(),
    entityDisplayName: z.string().optional(),
    tags: z.array(z.unknown()),
    submitTimeUtc: z.int().optional().describe("Milliseconds since the epoch"),
    startTimeUtc: z.int().optional(),
    endTimeUtc: z.int().optional(),
    currentStatus: z.enum(statuses),
    result: z.unknown().optional().describe("Of an ended task, in detail views; the error's text when it failed"),
    isError: z.boolean(),
    isCancelled: z.boolean(),
    children: z.array(LinkToTask),
    submittedByTask: LinkToTask.optional(),
    blockingDetails: z.string().optional().describe("What a running task waits for"),
    detailedStatus: z.string().optional(),
    failure: z.object({ code: z.string(), reason: z.string(), remedy: z.string().optional() }).optional().describe("Of a task that failed, in detail views: the kind of failure, and what to do"),
    streams: z.record(z.string(), StreamLink),
    links: Links,
  })
  .meta({ id: "TaskSummary" });
export type TaskSummary = z.infer<typeof TaskSummary>;

export const statusOfTask: Readonly<Record<TaskState, (typeof statuses)[number]>> = {
  queued: "Submitted for execution",
  running: "In progress",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Failed",
};

export interface TaskSummaryOptions {
  /** Finds the entity that a task names. */
  readonly entity: (id: string) => Entity | undefined;
  /** With `result` and `detailedStatus`. */
  readonly detail: boolean;
}

/** A task as REST shows it (reference, 2.1). */
export function taskSummary(task: Task, options: TaskSummaryOptions): TaskSummary {
  const entity = task.entityId === undefined ? undefined : options.entity(task.entityId);
  return {
    id: task.id,
    displayName: task.name,
    description: task.description,
    entityId: task.entityId,
    entityDisplayName: entity?.displayName,
    tags: tagsOf(task, entity),
    submitTimeUtc: task.submittedAt,
    startTimeUtc: task.startedAt,
    endTimeUtc: task.endedAt,
    currentStatus: statusOfTask[task.state],
    ...(options.detail ? { result: task.isEnded ? resultOf(task) : undefined, detailedStatus: detailedStatus(task), failure: failureOfTask(task) } : {}),
    isError: task.state === "failed" || task.state === "interrupted",
    isCancelled: task.state === "cancelled",
    children: task.children.map((child) => linkTo(child, options)),
    submittedByTask: task.parent === undefined ? undefined : linkTo(task.parent, options),
    blockingDetails: task.isEnded ? undefined : task.waitingFor,
    streams: Object.fromEntries([...task.streams].map(([name, { size }]) => [name, { link: `${links.activity(task.id)}/stream/${segment(name)}`, metadata: { name, size, sizeText: sizeText(size) } }])),
    links: {
      self: links.activity(task.id),
      children: `${links.activity(task.id)}/children`,
      ...(entity === undefined ? {} : { entity: links.entity(entity.application.id, entity.id) }),
    },
  };
}

function linkTo(task: Task, { entity }: TaskSummaryOptions): z.infer<typeof LinkToTask> {
  const name = task.entityId === undefined ? undefined : entity(task.entityId)?.displayName;
  return { link: links.activity(task.id), metadata: { id: task.id, taskName: task.name, entityId: task.entityId, entityDisplayName: name } };
}

function tagsOf(task: Task, entity: Entity | undefined): unknown[] {
  const topLevel = task.parent === undefined ? ["TOP-LEVEL"] : [];
  const context = entity === undefined ? [] : [{ wrappingType: "contextEntity", entity: jsonOf(entity) }];
  return [...topLevel, ...task.tags.map((tag) => withoutSecrets(jsonOf(tag))), ...context];
}

/** A result as JSON; what can't be written is described. */
function resultOf(task: Task): unknown {
  try {
    return withoutSecrets(jsonOf(task.result));
  } catch (error) {
    return { type: "error", message: String(error) };
  }
}

/** Why it failed, for programs: the most telling of the codes in its chain of causes. */
function failureOfTask(task: Task): TaskSummary["failure"] {
  if (!task.isEnded || task.state === "completed") return undefined;
  const reason = String(task.result);
  if (task.state === "cancelled" || task.state === "interrupted") return { code: task.state, reason, remedy: task.remedy };
  const codes: string[] = [];
  for (let cause: unknown = task.error; cause instanceof Error && codes.length < 10; cause = cause.cause) if (cause instanceof ClockerError) codes.push(cause.code);
  return { code: codes.find((code) => !WRAPPING.has(code)) ?? codes[0] ?? "internal", reason, remedy: task.remedy };
}

/** Codes that only say where it failed. */
const WRAPPING: ReadonlySet<string> = new Set(["effector-failed", "start-failed", "internal"]);

/** Several lines for people (reference, 2.1): the status, the result or the error with its remedy, and what it waits for. */
function detailedStatus(task: Task): string {
  const since = task.startedAt ?? task.submittedAt;
  const took = task.endedAt === undefined ? "" : ` after ${showDuration(task.endedAt - since)}`;
  const blocks = [`${statusOfTask[task.state]}${took}`];
  if (task.state === "completed") blocks.push(task.result === undefined || task.result === null ? "No return value (null)" : `Result: ${JSON.stringify(resultOf(task))}`);
  else if (task.isEnded) blocks.push([`Failed: ${String(task.result)}`, ...(task.remedy === undefined ? [] : [`What to do: ${task.remedy}`])].join("\n"));
  if (!task.isEnded && task.waitingFor !== undefined) blocks.push(`Waiting: ${task.waitingFor}`);
  if (task.parent !== undefined) blocks.push(`Submitted by: ${task.parent.name} (${task.parent.id})`);
  if (task.children.length > 0) blocks.push(["Children:", ...task.children.map((child) => `  ${child.name} (${child.id}): ${statusOfTask[child.state]}`)].join("\n"));
  return blocks.join("\n\n");
}

function sizeText(characters: number): string {
  if (characters < 1_000) return `${characters} B`;
  return characters < 1_000_000 ? `${(characters / 1_000).toFixed(1)} kB` : `${(characters / 1_000_000).toFixed(1)} MB`;
}
