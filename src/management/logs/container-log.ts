import { runtimeOf } from "../../docker/container/relations.ts";
import { CONTAINER_ID } from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { LineCutter, type LogOptions, type TakeLine } from "./log-line.ts";

/** Milliseconds between looks whether a container that stopped runs again. */
const PERIOD = 1_000;
/** An engine's time of a line: always with nine digits, so that they compare as text. */
const STAMPED = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s;

/** Reads what a container's main process writes. With `follow` it goes on over restarts of the container, until its entity is no more. */
export async function readContainerLog(container: Entity, options: LogOptions, take: TakeLine, signal: AbortSignal): Promise<void> {
  const reader = new ContainerLogReader(container, take, signal);
  await reader.read(options);
  while (options.follow && (await reader.runsAgain())) await reader.read({ ...options, tail: undefined });
}

class ContainerLogReader {
  readonly #container: Entity;
  readonly #take: TakeLine;
  readonly #signal: AbortSignal;
  #id: string | undefined;
  /** The engine's time of the last line that was taken. */
  #last = "";

  constructor(container: Entity, take: TakeLine, signal: AbortSignal) {
    this.#container = container;
    this.#take = take;
    this.#signal = signal;
  }

  async read({ follow, tail, since }: LogOptions): Promise<void> {
    const id = this.#container.get(CONTAINER_ID);
    if (id === undefined) return this.#notice("The container is not there");
    if (id !== this.#id) this.#last = "";
    this.#id = id;
    const from = this.#last === "" ? since : Date.parse(this.#last);
    const cutters = { stdout: this.#cutter("stdout"), stderr: this.#cutter("stderr") };
    // Of both streams in the order in which they come.
    let work: Promise<void> = Promise.resolve();
    const onChunk = (stream: "stdout" | "stderr", chunk: string): Promise<void> => (work = work.then(() => cutters[stream].write(chunk)));
    try {
      const { engine } = runtimeOf(this.#container);
      await engine.containerLogs(id, { follow, timestamps: true, ...(tail === undefined ? {} : { tail }), ...(from === undefined ? {} : { since: from }) }, onChunk, this.#signal);
      await work;
      await Promise.all([cutters.stdout.end(), cutters.stderr.end()]);
    } catch (error) {
      if (this.#signal.aborted) return;
      if (!(error instanceof ClockerError)) throw error;
      await this.#notice(messageOf(error));
    }
  }

  /** Waits until the container runs after it has stopped; false when there is nothing to wait for any more. */
  async runsAgain(): Promise<boolean> {
    const { management } = this.#container;
    if (!this.#signal.aborted) await this.#notice("The container does not run; waiting for it to run again");
    while (!this.#signal.aborted) {
      await management.clock.sleep(PERIOD, this.#signal).catch(() => {});
      if (this.#signal.aborted || management.entity(this.#container.id) === undefined) return false;
      if (await this.#runs()) return true;
    }
    return false;
  }

  async #runs(): Promise<boolean> {
    const id = this.#container.get(CONTAINER_ID);
    if (id === undefined) return false;
    try {
      return (await runtimeOf(this.#container).engine.inspectContainer(id, this.#signal)).running;
    } catch (error) {
      // Its host does not answer, or it is being replaced.
      if (error instanceof ClockerError) return false;
      throw error;
    }
  }

  #cutter(stream: "stdout" | "stderr"): LineCutter {
    const from = this.#last;
    return new LineCutter((line) => {
      const [, stamp = "", text = line] = STAMPED.exec(line) ?? [];
      // The engine's `since` is no finer than it can be told: what was taken before comes again.
      if (stamp !== "" && from !== "" && stamp <= from) return undefined;
      if (stamp > this.#last) this.#last = stamp;
      return this.#take({ entity: this.#container, source: "container", stream, text, ...(stamp === "" ? {} : { at: Date.parse(stamp) }) });
    });
  }

  async #notice(text: string): Promise<void> {
    await this.#take({ entity: this.#container, source: "container", stream: "notice", text });
  }
}
