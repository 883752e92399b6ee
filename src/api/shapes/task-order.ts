import type { Task } from "../../model/task.ts";

/**
 * Tasks as Brooklyn's clients list them: those that nobody submitted first, running before waiting before ended, then the most recent.
 * When there are more than `limit`, one of each name is kept before others fill up (reference, 1.6).
 */
export function interestingFirst(tasks: readonly Task[], options: { limit: number; recurse: boolean }): Task[] {
  const all = options.recurse ? [...new Set(tasks.flatMap((task) => [...withDescendants(task)]))] : tasks;
  const sorted = all.toSorted((a, b) => rank(a) - rank(b) || recency(b) - recency(a));
  if (sorted.length <= options.limit) return sorted;
  const kept = new Set<Task>(firstOfEachName(sorted).slice(0, options.limit));
  for (const task of sorted) if (kept.size < options.limit) kept.add(task);
  return sorted.filter((task) => kept.has(task));
}

/** A task and all below it, parents first. */
export function* withDescendants(task: Task): Generator<Task> {
  yield task;
  for (const child of task.children) yield* withDescendants(child);
}

function rank(task: Task): number {
  const state = task.state === "running" ? 0 : task.isEnded ? 2 : 1;
  return (task.parent === undefined ? 0 : 3) + state;
}

function recency(task: Task): number {
  return task.endedAt ?? task.startedAt ?? task.submittedAt;
}

function firstOfEachName(tasks: readonly Task[]): Task[] {
  const seen = new Map<string, Task>();
  for (const task of tasks) if (!seen.has(task.name)) seen.set(task.name, task);
  return [...seen.values()];
}
