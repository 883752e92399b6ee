import { suppressedText } from "./secret.ts";

/** Shorter values would be found in ordinary words. */
const SHORTEST = 5;
const LONGEST = 10_000;
/** The last that were learned are kept. */
const KEPT = 1_000;
const ordinary = new Set(["false", "undefined", "password", "secret"]);

/** Values that are known to be secrets, in memory only: what is stored or shown of tasks is searched for them. */
export class KnownSecrets {
  readonly #values = new Set<string>();

  add(value: string): void {
    const text = value.trim();
    if (text.length < SHORTEST || text.length > LONGEST || ordinary.has(text) || text.startsWith("$brooklyn:")) return;
    this.#values.delete(text);
    this.#values.add(text);
    const oldest = this.#values.size > KEPT ? this.#values.values().next().value : undefined;
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  /** The text with each secret in it suppressed. */
  scrub(text: string): string {
    let clean = text;
    for (const value of this.#values) if (clean.includes(value)) clean = clean.replaceAll(value, () => suppressedText);
    return clean;
  }
}
