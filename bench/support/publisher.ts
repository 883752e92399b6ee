/** Milliseconds between two goes: as feeds do, changes come in small groups and not all at once. */
const GO = 5;

/** Calls something as often a second as it is told, spread evenly; what a busy event loop kept it from is done as soon as it can. */
export class Publisher {
  readonly #publish: (number: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #published = 0;
  #number = 0;

  /** @param publish given a number that counts up */
  constructor(publish: (number: number) => void) {
    this.#publish = publish;
  }

  /** Begins anew at another rate: 0 to stop. Returns how many were published at the rate before. */
  rate(perSecond: number): number {
    clearInterval(this.#timer);
    const before = this.#published;
    this.#published = 0;
    const startedAt = performance.now();
    if (perSecond > 0) {
      this.#timer = setInterval(() => {
        const due = ((performance.now() - startedAt) / 1_000) * perSecond;
        while (this.#published < due) {
          this.#published++;
          this.#publish(this.#number++);
        }
      }, GO);
    }
    return before;
  }
}

/** Milliseconds since the epoch with fractions, comparable between the processes of a computer. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
