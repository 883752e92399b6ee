/** Waits for the wish to end: a signal, or a call. A second signal ends the process at once. */
export class StopSignals {
  readonly #wish = Promise.withResolvers<string>();
  readonly #controller = new AbortController();
  readonly #forced: (signal: string) => void;
  readonly #listener = (signal: NodeJS.Signals) => this.#received(signal);
  #isAsked = false;

  /** @param forced called at the second signal */
  constructor(forced: (signal: string) => void) {
    this.#forced = forced;
    process.on("SIGINT", this.#listener);
    process.on("SIGTERM", this.#listener);
  }

  /** Aborts with the first wish. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it should end. */
  get wish(): Promise<string> {
    return this.#wish.promise;
  }

  ask(reason: string): void {
    this.#wish.resolve(reason);
    this.#controller.abort(new Error(reason));
  }

  close(): void {
    process.off("SIGINT", this.#listener);
    process.off("SIGTERM", this.#listener);
  }

  #received(signal: string): void {
    if (this.#isAsked) return this.#forced(signal);
    this.#isAsked = true;
    this.ask(signal);
  }
}
