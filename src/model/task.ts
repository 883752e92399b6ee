import { messageOf } from "./errors.ts";

export type TaskState = "queued" | "running" | "completed" | "failed" | "cancelled" | "interrupted";

/** A piece of work in the task tree: what runs or ran, on which entity, with its times, streams and outcome. */
export class Task {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly entityId: string | undefined;
  readonly parent: Task | undefined;
  readonly tags: readonly unknown[];
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  startedAt: number | undefined;
  endedAt: number | undefined;
  state: TaskState = "queued";
  /** JSON; for a failed task the collapsed error text. */
  result: unknown;
  error: Error | undefined;
  remedy: string | undefined;
  /** What it waits for now. */
  waitingFor: string | undefined;
  readonly children: Task[] = [];
  readonly streams = new Map<string, TaskStream>();
  readonly #controller = new AbortController();
  #ended: Promise<void>;
  #settle: () => void = () => {};

  constructor(init: { id: string; name: string; description?: string; entityId?: string | undefined; parent?: Task | undefined; tags?: readonly unknown[]; submittedAt: number }) {
    this.id = init.id;
    this.name = init.name;
    this.description = init.description ?? "";
    this.entityId = init.entityId;
    this.parent = init.parent;
    this.tags = init.tags ?? [];
    this.submittedAt = init.submittedAt;
    this.#ended = new Promise((resolve) => (this.#settle = resolve));
    init.parent?.children.push(this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isEnded(): boolean {
    return this.endedAt !== undefined;
  }

  /** Resolves when it has ended, however. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Asks it and all its sub-tasks to stop. */
  cancel(reason: Error): void {
    if (this.isEnded) return;
    this.#controller.abort(reason);
    for (const child of this.children) child.cancel(reason);
  }

  begin(at: number): void {
    this.state = "running";
    this.startedAt = at;
  }

  end(at: number, outcome: { result: unknown } | { error: Error; remedy: string | undefined } | { interrupted: true }): void {
    if (this.isEnded) return;
    this.endedAt = at;
    this.waitingFor = undefined;
    if ("result" in outcome) {
      this.state = "completed";
      this.result = outcome.result;
    } else if ("error" in outcome) {
      this.state = this.signal.aborted ? "cancelled" : "failed";
      this.error = outcome.error;
      this.remedy = outcome.remedy;
      this.result = messageOf(outcome.error);
    } else {
      this.state = "interrupted";
      this.result = "Interrupted: the management server stopped while this task ran";
    }
    this.#settle();
  }

  /** Puts back the end of a task of an earlier run of the server. */
  restoreEnd(at: number, state: TaskState, result: unknown, remedy: string | undefined): void {
    this.endedAt = at;
    this.state = state;
    this.result = result;
    this.remedy = remedy;
    this.#settle();
  }

  stream(name: string): TaskStream {
    let stream = this.streams.get(name);
    if (stream === undefined) this.streams.set(name, (stream = new TaskStream()));
    return stream;
  }
}

const HEAD = 32_000;
const TAIL = 96_000;

/** A stream of text bounded in memory: the first `HEAD` and the last `TAIL` characters are kept. */
export class TaskStream {
  #head = "";
  #tail = "";
  #total = 0;

  write(chunk: string): void {
    this.#total += chunk.length;
    const room = HEAD - this.#head.length;
    if (room > 0) this.#head += chunk.slice(0, room);
    if (chunk.length > room) {
      this.#tail += chunk.slice(Math.max(0, room));
      if (this.#tail.length > 2 * TAIL) this.#tail = this.#tail.slice(-TAIL);
    }
  }

  /** Characters written in all. */
  get size(): number {
    return this.#total;
  }

  get text(): string {
    const tail = this.#tail.slice(-TAIL);
    const dropped = this.#total - this.#head.length - tail.length;
    return dropped > 0 ? `${this.#head}\n... ${dropped} characters left out ...\n${tail}` : this.#head + tail;
  }

  /** The last `lines` lines that hold anything. */
  lastLines(lines: number): string {
    return this.text.split("\n").filter((line) => line.trim() !== "").slice(-lines).join("\n");
  }
}
