/** Milliseconds without output after which a command that has ended is done. */
const SILENCE = 1_000;
/** Milliseconds after which it is done in any case. */
const LONGEST = 10_000;

/**
 * A command may leave a process behind that holds its output open (`server &`): its output then never ends. Once the command itself has ended, `onDone` is
 * called when nothing has come for a while. Call `heard` at each piece of output, and `cancel` when the output ends by itself.
 */
export class OutputGrace {
  readonly #onDone: () => void;
  #silence: NodeJS.Timeout | undefined;
  #longest: NodeJS.Timeout | undefined;

  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  /** The command has ended. */
  begin(): void {
    if (this.#longest !== undefined) return;
    this.#longest = setTimeout(() => this.#done(), LONGEST);
    this.#silence = setTimeout(() => this.#done(), SILENCE);
  }

  heard(): void {
    this.#silence?.refresh();
  }

  cancel(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#longest);
  }

  #done(): void {
    this.cancel();
    this.#onDone();
  }
}
