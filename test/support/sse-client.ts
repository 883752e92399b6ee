import { get, type IncomingMessage } from "node:http";

export interface SseEvent {
  readonly id: number | undefined;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** Reads server-sent events over a connection that can be held up. */
export class SseClient {
  readonly response: IncomingMessage;
  readonly events: SseEvent[] = [];
  readonly ended: Promise<void>;
  #text = "";
  #waiting: (() => void)[] = [];

  private constructor(response: IncomingMessage) {
    this.response = response;
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => this.#take(chunk));
    response.on("close", () => {
      ended.resolve();
      this.#wake();
    });
    response.on("error", () => {});
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => get(url, { headers, agent: false }, resolve).on("error", reject));
    return new SseClient(response);
  }

  /** Resolves with the first event that fits, of those that came or will come. */
  async next(fits: (event: SseEvent) => boolean): Promise<SseEvent> {
    for (;;) {
      const found = this.events.find((event) => fits(event));
      if (found !== undefined) return found;
      if (this.response.closed) throw new Error(`The stream ended; events: ${this.events.map(({ name }) => name).join(", ")}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): void {
    this.response.destroy();
  }

  #take(chunk: string): void {
    this.#text += chunk;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      const name = fields.get("event");
      if (name !== undefined) this.events.push({ id: fields.has("id") ? Number(fields.get("id")) : undefined, name, data: JSON.parse(fields.get("data") ?? "null") });
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
