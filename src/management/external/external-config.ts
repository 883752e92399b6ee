import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import { externalReference } from "./external-reference.ts";
import { supplierTypes } from "./supplier-types.ts";
import type { ExternalSupplier } from "./supplier.ts";

/** How long a value is taken as it was read: milliseconds. */
const FRESH = 10_000;
/** How many values are kept. */
const KEPT = 1_000;
/** How long one look-up may take: milliseconds. */
const PATIENCE = 60_000;
const PREFIX = "brooklyn.external.";

/** What the suppliers read of the properties. */
export interface ExternalProperties {
  withPrefix(prefix: string): ReadonlyMap<string, string>;
}

/**
 * The external config suppliers that `brooklyn.external.SUPPLIER=CLASS` and `brooklyn.external.SUPPLIER.KEY=V` define (reference, 6.5). A supplier is made
 * when it is first asked; its settings may themselves be `$brooklyn:external(...)` of another. Values are kept in memory for ten seconds, and never stored.
 */
export class ExternalConfig {
  #settings: ReadonlyMap<string, string>;
  readonly #clock: Clock;
  readonly #onValue: (value: string) => void;
  readonly #suppliers = new Map<string, Promise<ExternalSupplier>>();
  readonly #values = new Map<string, { readonly until: number; readonly value: Promise<string> }>();

  /** @param onValue told every value that was read, so that it can be kept out of what is stored and shown */
  constructor(properties: ExternalProperties, clock: Clock, onValue: (value: string) => void = () => {}) {
    this.#settings = new Map([[demoSupplier, "in-place"], [`${demoSupplier}.hidden1`, "It works!"], ...properties.withPrefix(PREFIX)]);
    this.#clock = clock;
    this.#onValue = onValue;
  }

  /** Takes over the suppliers of another, and forgets what was read: the properties were read again. */
  replaceWith(other: ExternalConfig): void {
    this.#settings = other.#settings;
    this.#suppliers.clear();
    this.#values.clear();
  }

  /** @throws ClockerError `not-found` for an unknown supplier or key, with the nearest; `unreachable`, `invalid-value`, `timeout` */
  async get(supplier: string, key: string, signal?: AbortSignal): Promise<string> {
    return this.#get(supplier, key, signal, []);
  }

  async #get(supplier: string, key: string, signal: AbortSignal | undefined, trail: readonly string[]): Promise<string> {
    const id = JSON.stringify([supplier, key]);
    const known = this.#values.get(id);
    if (known !== undefined && known.until > this.#clock.now()) return abortable(known.value, signal);
    const value = this.#read(supplier, key, trail);
    this.#keep(id, value);
    return abortable(value, signal);
  }

  #keep(id: string, value: Promise<string>): void {
    this.#values.delete(id);
    const oldest = this.#values.size < KEPT ? undefined : this.#values.keys().next().value;
    if (oldest !== undefined) this.#values.delete(oldest);
    const entry = { until: this.#clock.now() + FRESH, value };
    this.#values.set(id, entry);
    // A failure is told to those who asked, and not kept.
    value.catch(() => {
      if (this.#values.get(id) === entry) this.#values.delete(id);
    });
  }

  async #read(supplier: string, key: string, trail: readonly string[]): Promise<string> {
    if (trail.includes(supplier)) throw new ClockerError("invalid-value", `External config suppliers read each other in a circle: ${[...trail, supplier].join(" → ")}`);
    const found = await this.#supplier(supplier, trail);
    const patience = new AbortController();
    const cancel = this.#clock.after(PATIENCE, () => patience.abort(new ClockerError("timeout", `Cannot read external config "${key}": supplier "${supplier}" did not answer in ${PATIENCE / 1000} seconds`)));
    try {
      const value = await found.get(key, patience.signal);
      if (value === undefined) throw new ClockerError("not-found", `External config supplier "${supplier}" has no value for "${key}"`, { details: { supplier, key } });
      this.#onValue(value);
      return value;
    } finally {
      cancel();
    }
  }

  async #supplier(name: string, trail: readonly string[]): Promise<ExternalSupplier> {
    const known = this.#suppliers.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name, [...trail, name]);
    const found = await made;
    this.#suppliers.set(name, made);
    return found;
  }

  async #make(name: string, trail: readonly string[]): Promise<ExternalSupplier> {
    const className = this.#settings.get(name);
    if (className === undefined || name.includes(".")) throw this.#unknown(name);
    const type = supplierTypes.find((each) => each.name === className || each.aliases.includes(className));
    if (type === undefined) {
      const near = nearest(className, supplierTypes.flatMap((each) => [each.name, ...each.aliases]));
      throw new ClockerError("unknown-type", `Cannot use external config supplier "${name}": there is no class "${className}"`, { remedy: near === undefined ? `Classes are ${supplierTypes.map((each) => each.name).join(", ")}` : `Did you mean "${near}"?` });
    }
    const settings = new Map<string, string>();
    for (const [key, value] of this.#settings) {
      if (!key.startsWith(`${name}.`)) continue;
      const reference = externalReference(value);
      settings.set(key.slice(name.length + 1), typeof reference === "object" ? await this.#get(reference.supplier, reference.key, undefined, trail) : reference);
    }
    return type.make(name, settings);
  }

  #unknown(name: string): ClockerError {
    const known = [...this.#settings.keys()].filter((key) => !key.includes("."));
    const near = nearest(name, known);
    return new ClockerError("not-found", `There is no external config supplier "${name}"`, { remedy: near === undefined ? `Define it in brooklyn.properties: ${PREFIX}${name}=CLASS` : `Did you mean "${near}"?`, details: { known } });
  }
}

/** Brooklyn has it for its documentation's examples. */
const demoSupplier = "brooklyn-demo-sample";

async function abortable<T>(value: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return value;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([value, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
