import type { TaskSummary } from "../../api/shapes/task-summary.ts";
import type { Io } from "../io.ts";
import { seconds } from "../output/seconds.ts";
import { type Format, show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";

/** A task with what came of it. */
export function showTask(io: Io, format: Format, task: TaskSummary): void {
  show(io, format, {
    data: task,
    names: [task.id],
    text: () =>
      facts([
        ["Id", task.id],
        ["Name", task.displayName],
        ["Entity", task.entityDisplayName],
        ["Status", task.currentStatus],
        ["Started", timeOf(task.startTimeUtc)],
        ["Took", tookOf(task)],
        ["Waiting for", task.blockingDetails],
        ["Result", task.isError || task.isCancelled ? undefined : (task.result ?? undefined)],
        ["Error", task.failure?.reason],
        ["Try", task.failure?.remedy],
        ["Streams", Object.keys(task.streams).join(" ")],
        ["Sub-tasks", task.children.length === 0 ? undefined : task.children.length],
      ]),
  });
}

export function showTasks(io: Io, format: Format, tasks: readonly TaskSummary[]): void {
  show(io, format, {
    data: tasks,
    names: tasks.map(({ id }) => id),
    text: (width) =>
      table(
        [
          { title: "ID", value: ({ id }) => id },
          { title: "TASK", value: ({ displayName }) => displayName },
          { title: "ENTITY", value: ({ entityDisplayName }) => entityDisplayName },
          { title: "STARTED", value: ({ startTimeUtc }) => timeOf(startTimeUtc) },
          { title: "STATUS", value: ({ currentStatus }) => currentStatus },
          { title: "TOOK", value: (task) => tookOf(task) },
        ],
        tasks,
        width,
      ),
  });
}

function timeOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().replace("T", " ").slice(0, 19);
}

function tookOf({ startTimeUtc, endTimeUtc }: TaskSummary): string | undefined {
  return startTimeUtc === undefined || endTimeUtc === undefined ? undefined : seconds(endTimeUtc - startTimeUtc);
}
