import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { PlaneEvent } from "../../model/events.ts";
import type { Task } from "../../model/task.ts";
import { shownValue } from "../shapes/values.ts";
import { statusOfTask } from "../shapes/task-summary.ts";

/** Kinds of events that `?kinds=` names. */
export const eventKinds = ["entity", "sensor", "member", "task", "location"] as const;
export type EventKind = (typeof eventKinds)[number];

/** An event as the stream carries it, before it has a number. */
export interface StreamEvent {
  readonly kind: EventKind;
  /** The SSE event name: `entity-added`, `sensor`, `task`, ... */
  readonly name: string;
  /** The application it belongs to; undefined for those of the plane itself. */
  readonly applicationId: string | undefined;
  /** Events with the same key say the same thing again: only the last counts for a reader that lags behind. */
  readonly key: string | undefined;
  /** Made when a reader wants it: most sensor changes have none. */
  readonly data: () => unknown;
}

const EntityEvent = z.object({ entityId: z.string(), applicationId: z.string(), parentId: z.string().optional(), name: z.string(), type: z.string() });
const SensorEvent = z.object({ entityId: z.string(), applicationId: z.string(), sensor: z.string(), value: z.unknown().optional(), at: z.int() });
const MemberEvent = z.object({ entityId: z.string(), applicationId: z.string(), memberId: z.string() });
const TaskEvent = z.object({
  phase: z.enum(["submitted", "started", "ended"]),
  taskId: z.string(),
  parentTaskId: z.string().optional(),
  entityId: z.string().optional(),
  applicationId: z.string().optional(),
  displayName: z.string(),
  currentStatus: z.string(),
  submitTimeUtc: z.int(),
  startTimeUtc: z.int().optional(),
  endTimeUtc: z.int().optional(),
  isError: z.boolean(),
  error: z.string().optional(),
  remedy: z.string().optional(),
});
const LocationEvent = z.object({ location: z.string() });

/** What `data` holds, by event name: documentation of the stream. */
export const streamSchemas = {
  "entity-added": EntityEvent,
  "entity-changed": EntityEvent,
  "entity-removed": EntityEvent,
  sensor: SensorEvent,
  "member-added": MemberEvent,
  "member-removed": MemberEvent,
  task: TaskEvent,
  "location-added": LocationEvent,
  "location-removed": LocationEvent,
} as const;

/** An event of the plane as the stream carries it; undefined for those that are not for users (polls). */
export function streamEvent(event: PlaneEvent, entityOf: (id: string) => Entity | undefined): StreamEvent | undefined {
  switch (event.kind) {
    case "entity-added":
    case "entity-removed":
    case "entity-changed":
      return entityEvent(event);
    // That it changed is told.
    case "entity-moved":
      return undefined;
    case "sensor":
      return sensorEvent(event);
    case "member-added":
    case "member-removed": {
      const { kind, entity, member } = event;
      const applicationId = entity.application.id;
      return { kind: "member", name: kind, applicationId, key: undefined, data: () => ({ entityId: entity.id, applicationId, memberId: member.id }) satisfies z.infer<typeof MemberEvent> };
    }
    case "location-added":
    case "location-removed":
      return { kind: "location", name: event.kind, applicationId: undefined, key: undefined, data: () => ({ location: event.name }) satisfies z.infer<typeof LocationEvent> };
    case "task":
      return taskEvent(event.task, entityOf);
  }
}

function entityEvent({ kind, entity }: Extract<PlaneEvent, { kind: "entity-added" | "entity-removed" | "entity-changed" }>): StreamEvent {
  const applicationId = entity.application.id;
  const data: z.infer<typeof EntityEvent> = { entityId: entity.id, applicationId, parentId: entity.parent?.id, name: entity.displayName, type: entity.typeName };
  return { kind: "entity", name: kind, applicationId, key: kind === "entity-changed" ? `entity/${entity.id}` : undefined, data: () => data };
}

function sensorEvent({ entity, name, value, at }: Extract<PlaneEvent, { kind: "sensor" }>): StreamEvent {
  const applicationId = entity.application.id;
  const data = (): z.infer<typeof SensorEvent> => ({ entityId: entity.id, applicationId, sensor: name, value: shownValue(name, value, entity.sensor(name)?.type), at });
  return { kind: "sensor", name: "sensor", applicationId, key: `sensor/${entity.id}/${name}`, data };
}

function taskEvent(task: Task, entityOf: (id: string) => Entity | undefined): StreamEvent | undefined {
  if (task.tags.includes("TRANSIENT")) return undefined;
  const applicationId = task.entityId === undefined ? undefined : entityOf(task.entityId)?.application.id;
  const isError = task.isEnded && task.state !== "completed";
  const data: z.infer<typeof TaskEvent> = {
    phase: task.isEnded ? "ended" : task.startedAt === undefined ? "submitted" : "started",
    taskId: task.id,
    parentTaskId: task.parent?.id,
    entityId: task.entityId,
    applicationId,
    displayName: task.name,
    currentStatus: statusOfTask[task.state],
    submitTimeUtc: task.submittedAt,
    startTimeUtc: task.startedAt,
    endTimeUtc: task.endedAt,
    isError,
    ...(isError ? { error: String(task.result), remedy: task.remedy } : {}),
  };
  // A task changes: what it is now is told.
  return { kind: "task", name: "task", applicationId, key: undefined, data: () => data };
}
