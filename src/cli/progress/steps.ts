import type { TaskSummary } from "../../api/shapes/task-summary.ts";

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

/** Names of entities by id, gathered as they are seen: what is being removed has no name any more when its steps have ended. */
export type EntityNames = Map<string, string>;

/** @param parentId for a task of another tree that belongs below one of ours */
export function stepOf(task: TaskSummary, names: EntityNames, parentId: string | undefined = task.submittedByTask?.metadata.id): Step {
  const { entityId = "", entityDisplayName } = task;
  if (entityDisplayName !== undefined) names.set(entityId, entityDisplayName);
  const entity = entityDisplayName ?? names.get(entityId);
  return {
    id: task.id,
    parentId,
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
  return failedLeaves(steps).toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))[0];
}

/** Failed tasks none of whose sub-tasks failed. */
function failedLeaves(steps: readonly Step[]): Step[] {
  const failed = steps.filter((step) => step.state === "failed");
  const parents = new Set(failed.map((step) => step.parentId));
  return failed.filter((step) => !parents.has(step.id));
}

/** Milliseconds below which a step is not worth a line. */
const WORTH_A_LINE = 250;

/**
 * The ended steps that tell something: those that failed themselves, and those that took their time, but not those that only
 * waited for one of their sub-tasks. The task itself is not among them.
 */
export function tellingSteps(steps: readonly Step[]): Step[] {
  const [root] = steps;
  const longest = new Map<string, number>();
  for (const step of steps) if (step.parentId !== undefined) longest.set(step.parentId, Math.max(longest.get(step.parentId) ?? 0, tookOf(step)));
  const failed = new Set(failedLeaves(steps));
  return steps.filter((step) => {
    if (step === root || step.endedAt === undefined) return false;
    if (step.state === "failed") return failed.has(step);
    return step.state === "ignored" || (tookOf(step) >= WORTH_A_LINE && tookOf(step) > 1.15 * (longest.get(step.id) ?? 0) + 100);
  });
}

/** Milliseconds that an ended step took. */
export function tookOf({ startedAt, endedAt }: Step): number {
  return endedAt === undefined ? 0 : endedAt - (startedAt ?? endedAt);
}
