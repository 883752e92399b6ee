import type { Json, JsonObject } from "../../model/spec.ts";
import { Task } from "../../model/task.ts";

/** Characters of a stream's end that survive a restart. */
const STORED_STREAM = 8_000;

/** A task as the store keeps it. */
export function taskToRecord(task: Task): JsonObject {
  const streams: Record<string, string> = {};
  for (const [name, stream] of task.streams) streams[name] = stream.text.slice(-STORED_STREAM);
  return {
    name: task.name,
    description: task.description,
    entityId: task.entityId ?? null,
    parentId: task.parent?.id ?? null,
    // Tags are made of JSON by construction.
    tags: task.tags as Json[],
    submittedAt: task.submittedAt,
    startedAt: task.startedAt ?? null,
    endedAt: task.endedAt ?? null,
    state: task.state,
    result: jsonOrText(task.result),
    remedy: task.remedy ?? null,
    streams,
  };
}

interface TaskRecord {
  name: string;
  description: string;
  entityId: string | null;
  parentId: string | null;
  tags: Json[];
  submittedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  state: Task["state"];
  result: Json;
  remedy: string | null;
  streams: Record<string, string>;
}

/**
 * Tasks from their records, parents first. One that had not ended was cut off by the end of the server: it is marked interrupted at `now`.
 */
export function tasksFromRecords(records: ReadonlyMap<string, JsonObject>, now: number): { task: Task; interrupted: boolean }[] {
  const made = new Map<string, { task: Task; interrupted: boolean }>();
  const make = (id: string): Task | undefined => {
    const known = made.get(id);
    if (known !== undefined) return known.task;
    const data = records.get(id);
    if (data === undefined) return undefined;
    // What this module wrote.
    const record = data as unknown as TaskRecord;
    const parent = record.parentId === null ? undefined : make(record.parentId);
    if (record.parentId !== null && parent === undefined) return undefined;
    const task = new Task({ id, name: record.name, description: record.description, entityId: record.entityId ?? undefined, parent, tags: record.tags, submittedAt: record.submittedAt });
    for (const [name, text] of Object.entries(record.streams)) task.stream(name).write(text);
    if (record.startedAt !== null) task.begin(record.startedAt);
    const interrupted = record.endedAt === null;
    if (record.endedAt === null) task.end(now, { interrupted: true });
    else task.restoreEnd(record.endedAt, record.state, record.result, record.remedy ?? undefined);
    made.set(id, { task, interrupted });
    return task;
  };
  for (const id of records.keys()) make(id);
  return [...made.values()];
}

function jsonOrText(value: unknown): Json {
  if (value === undefined) return null;
  try {
    return JSON.parse(JSON.stringify(value)) as Json;
  } catch {
    return String(value);
  }
}
