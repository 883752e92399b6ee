import type { Engine } from "../../src/engine/engine.ts";
import type { Clock } from "../../src/model/clock.ts";

/**
 * The life of one run of the server in a simulation. What it does to the outside passes through here, so that it can end at any point as
 * `kill -9` ends it: from then on nothing of it reaches the outside, its timers included, and nothing answers it.
 */
export class ProcessLife {
  /** Where it passed, in order: `before createContainer`, `after store.write`. */
  readonly passed: string[] = [];
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  #isAlive = true;
  readonly #end: () => void;
  #diesAt = Infinity;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** It ends at so many points from now. */
  dieAfter(points: number): void {
    this.#diesAt = this.passed.length + points;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  kill(): void {
    this.#isAlive = false;
    this.#end();
  }

  /** Lets an effect on the outside happen, with a point at which the run may end before it and one after it. */
  async pass<T>(name: string, effect: () => Promise<T>): Promise<T> {
    await this.#point(`before ${name}`);
    const outcome = await Promise.allSettled([effect()]);
    await this.#point(`after ${name}`);
    if (outcome[0].status === "rejected") throw outcome[0].reason;
    return outcome[0].value;
  }

  /** The object with its promise-giving methods let through here. */
  guard<T extends object>(target: T, prefix: string, only: (method: string) => boolean = () => true): T {
    return new Proxy(target, {
      get: (object, property) => {
        const member: unknown = Reflect.get(object, property, object);
        if (typeof member !== "function") return member;
        const call = (...given: unknown[]): unknown => Reflect.apply(member, object, given);
        if (typeof property !== "string" || !only(property)) return call;
        return (...given: unknown[]) => this.pass(`${prefix}${property}`, async () => call(...given));
      },
    });
  }

  /** What an engine is asked, but for the stream of its events: that one just falls silent. */
  guardEngine(engine: Engine): Engine {
    return this.guard(engine, "", (method) => method !== "containerEvents" && method !== "close" && method !== "execStream");
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (ms, work) => clock.after(ms, () => void (this.#isAlive && work())),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        if (!this.#isAlive) await never();
      },
    };
  }

  async #point(name: string): Promise<void> {
    if (!this.#isAlive) return never();
    this.passed.push(name);
    if (this.passed.length < this.#diesAt) return;
    this.kill();
    await never();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
