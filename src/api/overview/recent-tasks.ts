import { z } from "zod";
import type { Plane } from "../../management/plane.ts";
import { withoutSecrets } from "../shapes/secrets.ts";
import { statuses, statusOfTask } from "../shapes/task-summary.ts";
import { links } from "../shapes/links.ts";

export const TaskOverview = z
  .object({
    id: z.string(),
    name: z.string(),
    entity: z.string().optional(),
    status: z.enum(statuses),
    startedAt: z.int().optional(),
    endedAt: z.int().optional(),
    waitingFor: z.string().optional(),
    error: z.string().optional(),
    remedy: z.string().optional(),
    link: z.string(),
  })
  .meta({ id: "TaskOverview" });

const SHOWN = 15;

/** The last top-level tasks, those that run first. */
export function recentTasks(plane: Plane): z.infer<typeof TaskOverview>[] {
  const tasks = [...plane.tasks.all()].filter((task) => task.parent === undefined && !task.tags.includes("TRANSIENT"));
  tasks.sort((a, b) => Number(a.isEnded) - Number(b.isEnded) || (b.endedAt ?? b.submittedAt) - (a.endedAt ?? a.submittedAt));
  return tasks.slice(0, SHOWN).map((task) => ({
    id: task.id,
    name: task.name,
    entity: task.entityId === undefined ? undefined : plane.entity(task.entityId)?.displayName,
    status: statusOfTask[task.state],
    startedAt: task.startedAt,
    endedAt: task.endedAt,
    waitingFor: task.isEnded ? undefined : task.waitingFor,
    ...(task.isEnded && task.state !== "completed" ? { error: String(withoutSecrets(String(task.result))).slice(0, 1_000), remedy: task.remedy } : {}),
    link: links.activity(task.id),
  }));
}
