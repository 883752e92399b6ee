import type { Settings } from "../../model/adjunct-settings.ts";
import { notificationSensor, notify } from "../../model/notification.ts";
import { MAX_POOL_SIZE, MAX_REACHED_DELAY, MAX_SIZE_REACHED } from "./keys.ts";
import { SizeHistory } from "./size-history.ts";

/** Tells once that a pool should have been larger than it may be, for as long as is set; and again after it was not so. */
export class MaxSizeWatch {
  readonly #settings: Settings;
  readonly #size: () => number;
  readonly #wanted = new SizeHistory();
  #cancel: (() => void) | undefined;
  #isTold = false;

  constructor(settings: Settings, size: () => number) {
    this.#settings = settings;
    this.#size = size;
  }

  /** The size that the load alone asks for. */
  want(size: number): void {
    const { clock } = this.#settings.owner.management;
    this.#wanted.add(clock.now(), size, this.#window());
    this.#look();
  }

  stop(): void {
    this.#cancel?.();
    this.#wanted.clear();
  }

  #look(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const { owner } = this.#settings;
    const { clock } = owner.management;
    const max = this.#settings.get(MAX_POOL_SIZE);
    const latest = this.#wanted.latest ?? 0;
    if (latest <= max) {
      this.#isTold = false;
      return;
    }
    if (this.#isTold) return;
    const { least, changesAt } = this.#wanted.sustained(this.#window(), clock.now());
    if (least !== undefined && least > max) this.#tell(max, latest, least);
    else if (changesAt !== undefined && changesAt < Infinity) this.#cancel = clock.after(Math.max(0, changesAt - clock.now()), () => this.#look());
  }

  #tell(max: number, latest: number, least: number): void {
    this.#isTold = true;
    const { owner, adjunct } = this.#settings;
    const name = this.#settings.get(MAX_SIZE_REACHED);
    const sensor = owner.sensor(name) ?? notificationSensor(name, "The pool should be larger than it may be");
    notify(owner, sensor, { currentPoolSize: this.#size(), maxAllowed: max, currentUnbounded: latest, maxUnbounded: least, timeWindow: this.#window() });
    adjunct.highlight("maxSizeReached", `${least} members are needed, and at most ${max} are allowed`);
  }

  #window(): number {
    return Math.max(0, this.#settings.get(MAX_REACHED_DELAY));
  }
}
