import { until } from "./until.ts";

export interface StreamedEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A server's event stream, kept from when it was opened. */
export class EventStream {
  readonly events: StreamedEvent[] = [];
  readonly #controller = new AbortController();
  readonly #watchers = new Set<(event: StreamedEvent) => void>();
  readonly #reading: Promise<void>;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reading = this.#read(body);
  }

  /** Resolves when every event from now on will be seen. */
  static async open(url: string, query = ""): Promise<EventStream> {
    const controller = new AbortController();
    const response = await fetch(new URL(`/v1/events${query}`, url), { signal: controller.signal });
    if (response.body === null || !response.ok) throw new Error(`Cannot open the event stream: ${response.status}`);
    const stream = new EventStream(response.body);
    stream.#controller.signal.addEventListener("abort", () => controller.abort());
    await until(() => stream.events.some(({ name }) => name === "hello"), () => "no hello on the event stream", 10_000);
    return stream;
  }

  /** The first event, past or to come, that is as wanted. Called back in the same moment in which it arrives. */
  async first(accepts: (event: StreamedEvent) => boolean, bound: number): Promise<StreamedEvent> {
    const past = this.events.find(accepts);
    if (past !== undefined) return past;
    return new Promise((settle, reject) => {
      const watcher = (event: StreamedEvent): void => {
        if (!accepts(event)) return;
        done();
        settle(event);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`No such event within ${bound} ms; the last were:\n${this.events.slice(-15).map(({ name, data }) => `${name} ${JSON.stringify(data).slice(0, 200)}`).join("\n")}`));
      }, bound);
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
      };
      this.#watchers.add(watcher);
    });
  }

  /** The beginning of a task, or of one of its steps. */
  taskStarts(name: RegExp, bound = 60_000): Promise<StreamedEvent> {
    return this.first((event) => event.name === "task" && event.data["phase"] === "started" && name.test(String(event.data["displayName"])), bound);
  }

  async close(): Promise<void> {
    this.#controller.abort();
    await this.#reading;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const frames = text.split("\n\n");
        text = frames.pop() ?? "";
        frames.forEach((frame) => this.#take(frame));
      }
    } catch {
      // The stream ends with the server, killed or not, or with the test.
    }
  }

  #take(frame: string): void {
    const name = /^event: (.*)$/m.exec(frame)?.[1];
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (name === undefined || data === undefined) return;
    const event = { name, data: JSON.parse(data) as Record<string, unknown> };
    this.events.push(event);
    for (const watcher of [...this.#watchers]) watcher(event);
  }
}
