/** Milliseconds without output after which a command that has ended is done. Longer than a network usually stalls: what still comes then would be lost. */
const SILENCE = 2_000;
/** Milliseconds after which it is done in any case. */
const LONGEST = 60_000;

/**
 * A command may leave a process behind that holds its output open (`server &`): its output then never ends. Once the command itself has ended, `onDone` is
 * called when nothing has come for a while. Call `heard` at each piece of output, and `cancel` when the output ends by itself.
 */
export class OutputGrace {
  readonly #onDone: () => void;
  #silence: NodeJS.Timeout | undefined;
  #longest: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;

  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  /** The command has ended. */
  begin(): void {
    if (this.#longest !== undefined) return;
    this.#longest = setTimeout(() => this.#done(), LONGEST);
    // A busy process runs its timers before it reads what has arrived: read that first.
    this.#silence = setTimeout(() => (this.#lastLook = setImmediate(() => this.#done())), SILENCE);
  }

  heard(): void {
    clearImmediate(this.#lastLook);
    this.#silence?.refresh();
  }

  cancel(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#longest);
    clearImmediate(this.#lastLook);
  }

  #done(): void {
    this.cancel();
    this.#onDone();
  }
}
