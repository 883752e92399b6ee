import { z } from "zod";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { links } from "../../api/shapes/links.ts";
import type { Client } from "../client/client.ts";

/** A task as progress shows it. */
export interface Step {
  readonly id: string;
  readonly parentId: string | undefined;
  /** `docker-1: Install Docker Engine`. */
  readonly label: string;
  readonly state: "waiting" | "running" | "done" | "failed" | "ignored";
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly waitingFor: string | undefined;
}

export interface Progress {
  readonly task: TaskSummary;
  /** The task and all below it. */
  readonly steps: readonly Step[];
}

/** Sub-tasks read at once. */
const LIMIT = 5_000;

/** A task and all below it, as they are now. */
export async function readProgress(client: Client, taskId: string): Promise<Progress> {
  const below = await client.json(z.record(z.string(), TaskSummary), `${links.activity(taskId)}/children/recurse`, { query: { limit: LIMIT } });
  // Read last, so that an ended task's steps have all ended.
  const task = await client.json(TaskSummary, links.activity(taskId));
  return { task, steps: [stepOf(task), ...Object.values(below).map((each) => stepOf(each))] };
}

function stepOf(task: TaskSummary): Step {
  const entity = task.entityDisplayName;
  return {
    id: task.id,
    parentId: task.submittedByTask?.metadata.id,
    label: entity === undefined || task.displayName.includes(entity) ? task.displayName : `${entity}: ${task.displayName}`,
    state: stateOf(task),
    startedAt: task.startTimeUtc,
    endedAt: task.endTimeUtc,
    waitingFor: task.blockingDetails,
  };
}

function stateOf(task: TaskSummary): Step["state"] {
  if (task.endTimeUtc === undefined) return task.startTimeUtc === undefined ? "waiting" : "running";
  if (!task.isError && !task.isCancelled) return "done";
  return task.tags.includes("inessential") ? "ignored" : "failed";
}

/** The failed task furthest down: where it went wrong. */
export function culprit(steps: readonly Step[]): Step | undefined {
  const failed = steps.filter((step) => step.state === "failed");
  const parents = new Set(failed.map((step) => step.parentId));
  const leaves = failed.filter((step) => !parents.has(step.id));
  return leaves.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))[0];
}
