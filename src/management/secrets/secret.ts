/** A value that does not show itself: in logs, messages, JSON and the inspector it is `<suppressed>`; code that needs it calls `reveal`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return suppressedText;
  }

  toJSON(): string {
    return suppressedText;
  }

  /** What `util.inspect`, and so `console.log`, shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return suppressedText;
  }
}

/** How Brooklyn begins every suppressed value; clients recognise it by this. */
export const suppressedText = "<suppressed>";
