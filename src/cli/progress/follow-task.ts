import { setTimeout as sleep } from "node:timers/promises";
import type { TaskSummary } from "../../api/shapes/task-summary.ts";
import { links, segment } from "../../api/shapes/links.ts";
import type { Client } from "../client/client.ts";
import { CliError, exitCodeOf, exitCodes } from "../exit-codes.ts";
import type { ProgressView } from "./progress-view.ts";
import { type Progress, ProgressReader } from "./progress-reader.ts";
import { culprit, type EntityNames } from "./steps.ts";

export interface FollowOptions {
  readonly view?: ProgressView;
  /** Milliseconds to follow it for. */
  readonly timeout?: number;
  readonly signal: AbortSignal;
  /** Names known beforehand, of entities that the task removes. */
  readonly names?: EntityNames;
}

/** Milliseconds between looks. */
const PERIOD = 400;

/**
 * Shows a task's progress until it has ended.
 * @throws CliError when it fails, with the failed step's last lines of output; `timedOut` when it takes longer, and `interrupted`: the task goes on.
 */
export async function followTask(client: Client, taskId: string, options: FollowOptions): Promise<TaskSummary> {
  const { view, signal, timeout = Infinity } = options;
  const reader = new ProgressReader(client, taskId, options.names);
  const deadline = Date.now() + timeout;
  try {
    for (;;) {
      const progress = await reader.read();
      view?.update(progress.steps);
      if (progress.task.endTimeUtc !== undefined) {
        view?.end();
        return await outcome(client, progress);
      }
      if (Date.now() >= deadline) throw new CliError(exitCodes.timedOut, `"${progress.task.displayName}" has not ended in time; it goes on`, { remedy: `Look at it with: clocker activity ${taskId}` });
      await sleep(Math.min(PERIOD, Math.max(1, deadline - Date.now())), undefined, { signal }).catch(() => {
        throw new CliError(exitCodes.interrupted, `Interrupted; the task goes on`, { remedy: `Look at it with: clocker activity ${taskId}\nCancel it with: clocker activity ${taskId} cancel` });
      });
    }
  } finally {
    view?.end();
  }
}

async function outcome(client: Client, { task, steps }: Progress): Promise<TaskSummary> {
  if (!task.isError && !task.isCancelled) return task;
  const where = culprit(steps);
  const output = where === undefined ? "" : await lastLines(client, where.id);
  const at = where === undefined || where.id === task.id ? "" : `\nFailed step: ${where.label} (task ${where.id})`;
  const message = `${task.failure?.reason ?? String(task.result)}${at}${output === "" ? "" : `\nIts last output:\n${output}`}`;
  throw new CliError(exitCodeOf(task.failure?.code), message, { remedy: task.failure?.remedy });
}

/** The end of what a failed step wrote. */
async function lastLines(client: Client, taskId: string): Promise<string> {
  const found: string[] = [];
  for (const stream of ["stdout", "stderr"]) {
    try {
      found.push(await client.text(`${links.activity(taskId)}/stream/${segment(stream)}`, { accept: "text/plain" }));
    } catch (error) {
      // A step without this stream.
      if (!(error instanceof CliError) || error.exitCode !== exitCodes.notFound) throw error;
    }
  }
  return found
    .flatMap((text) => text.split("\n").filter((line) => line.trim() !== "").slice(-8))
    .map((line) => `  ${line}`)
    .join("\n");
}
