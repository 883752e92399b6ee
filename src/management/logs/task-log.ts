import type { Clock } from "../../model/clock.ts";
import type { Entity } from "../../model/entity.ts";
import type { Task, TaskStream } from "../../model/task.ts";
import { LineCutter, type LogOptions, type TakeLine } from "./log-line.ts";

/** Milliseconds between looks at tasks that run. */
const PERIOD = 500;
const STREAMS = ["stdout", "stderr"] as const;

/** Reads what tasks and all below them wrote; with `follow` until they have ended, or with `lasting` until nobody listens: what a launch began may write on. */
export async function readTaskLogs(tasks: readonly Task[], context: { entity: Entity | undefined; clock: Clock; lasting?: boolean }, options: LogOptions, take: TakeLine, signal: AbortSignal): Promise<void> {
  const { entity, clock, lasting = false } = context;
  const seen = new Map<TaskStream, { size: number; cutter: LineCutter }>();
  const readAll = async (): Promise<void> => {
    for (const task of tasks.flatMap((each) => [...withBelow(each)])) {
      for (const name of STREAMS) {
        const stream = task.streams.get(name);
        if (stream === undefined) continue;
        let state = seen.get(stream);
        if (state === undefined) {
          const cutter = new LineCutter((text) => take({ entity, source: task.name, stream: name, text, ...(task.startedAt === undefined ? {} : { at: task.startedAt }) }));
          seen.set(stream, (state = { size: 0, cutter }));
        }
        const text = newText(stream, state.size, state.size === 0 ? options.tail : undefined);
        state.size = stream.size;
        await state.cutter.write(text);
      }
    }
  };
  await readAll();
  while (options.follow && !signal.aborted && (lasting || tasks.some((task) => !task.isEnded))) {
    await clock.sleep(PERIOD, signal).catch(() => {});
    await readAll();
  }
  for (const { cutter } of seen.values()) await cutter.end();
}

/** A task, then all below it, as they were begun. */
function* withBelow(task: Task): Generator<Task> {
  yield task;
  for (const child of task.children) yield* withBelow(child);
}

/** What was written after `size` characters. Streams are bounded: of much at once the middle is left out. */
function newText(stream: TaskStream, size: number, tail: number | undefined): string {
  const { text } = stream;
  const added = size === 0 ? text : text.slice(Math.max(0, text.length - (stream.size - size)));
  if (tail === undefined) return added;
  const lines = added.split("\n");
  const end = lines.at(-1) === "" ? 1 : 0;
  return lines.slice(Math.max(0, lines.length - tail - end)).join("\n");
}
