import { z } from "zod";
import type { EventBus } from "../../model/events.ts";
import { messageOf } from "../../model/errors.ts";
import type { Task } from "../../model/task.ts";
import { linesWithoutSecrets } from "../secrets/suppressed.ts";
import type { AuditLog } from "./audit-log.ts";

const ContextTag = z.object({ wrappingType: z.literal("contextAdjunct"), object: z.object({ name: z.string() }) });

/** Records what policies do by themselves: each of their tasks that is not a mere look. Returns the way to stop. */
export function auditPolicies(audit: AuditLog, events: Pick<EventBus, "subscribe">): () => void {
  const begun = new Map<string, number>();
  return events.subscribe((event) => {
    if (event.kind !== "task") return;
    const { task } = event;
    const policy = policyOf(task);
    if (policy === undefined) return;
    const facts = { user: `policy ${policy}`, action: task.name, taskId: task.id, ...(task.entityId === undefined ? {} : { entityId: task.entityId }) };
    const of = begun.get(task.id);
    if (of === undefined && !task.isEnded) begun.set(task.id, audit.append({ ...facts, outcome: "initiated" }));
    if (of === undefined || !task.isEnded) return;
    begun.delete(task.id);
    audit.append({ ...facts, of, ...(task.error === undefined ? { outcome: "succeeded" } : { outcome: "failed", message: linesWithoutSecrets(messageOf(task.error)).slice(0, 500) }) });
  });
}

function policyOf(task: Task): string | undefined {
  if (task.parent !== undefined || task.tags.includes("TRANSIENT")) return undefined;
  for (const tag of task.tags) {
    const parsed = ContextTag.safeParse(tag);
    if (parsed.success) return parsed.data.object.name;
  }
  return undefined;
}
