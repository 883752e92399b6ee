import type { Json } from "../../model/spec.ts";
import { isSecretName, sensitiveTokens } from "../secrets/secret-names.ts";
import { suppressed } from "../secrets/suppressed.ts";
import { type ConsoleSecurity, consoleSecurity } from "./console-security.ts";
import { locationDefaults, type NamedLocationProperties, namedLocations } from "./location-properties.ts";
import { type Property, type PropertyMap, stripped } from "./property-map.ts";
import { warningsAbout } from "./warnings.ts";

/** The settings of a management node: what `brooklyn.properties` and its like say. Made by `loadProperties`. */
export class Properties {
  #properties: PropertyMap;

  constructor(properties: PropertyMap = new Map()) {
    this.#properties = properties;
  }

  /** Properties that come from no file: for tests, and for a server without one. */
  static of(values: Readonly<Record<string, string>>): Properties {
    return new Properties(new Map(Object.entries(values).map(([key, value]) => [key, { value, source: "given" }])));
  }

  /** The value of a property, without blanks around it; undefined when it is not set. Values that begin with `$brooklyn:` are DSL, not resolved here. */
  get(key: string): string | undefined {
    return this.#properties.get(key)?.value;
  }

  /** The properties whose names begin with a prefix, without it: `withPrefix("brooklyn.external.")`. */
  withPrefix(prefix: string): ReadonlyMap<string, string> {
    return stripped(this.#properties, prefix);
  }

  /** The locations that `brooklyn.location.named.NAME=SPEC` defines. */
  namedLocations(): NamedLocationProperties[] {
    return namedLocations(this.#properties);
  }

  /** The config that every location of a provider begins with; see `locationDefaults`. */
  locationDefaults(provider: string, region?: string): Record<string, string> {
    return locationDefaults(this.#properties, provider, region);
  }

  /** Who may use the console and the API. */
  console(): ConsoleSecurity {
    return consoleSecurity(this.#properties);
  }

  /** Takes over what other properties say: everybody who holds these sees the new values. */
  replaceWith(other: Properties): void {
    this.#properties = other.#properties;
  }

  /** The same properties with the values that stand elsewhere; those are never shown. */
  async mapped(change: (key: string, value: string) => Promise<string>): Promise<Properties> {
    const changed = new Map<string, Property>();
    for (const [key, property] of this.#properties) {
      const value = await change(key, property.value);
      changed.set(key, value === property.value ? property : { ...property, value, isExternal: true });
    }
    return new Properties(changed);
  }

  /** Tokens that make a name a secret's: `brooklyn.security.sensitive.fields.tokens`, or Brooklyn's. */
  sensitiveTokens(): readonly string[] {
    const tokens = this.get("brooklyn.security.sensitive.fields.tokens");
    if (tokens === undefined) return sensitiveTokens;
    return tokens
      .replace(/^\[|\]$/g, "")
      .split(",")
      .map((token) => token.trim().replace(/^(["'])(.*)\1$/, "$2"))
      .filter((token) => token !== "");
  }

  /** All properties as they may be shown: the values of secret names suppressed. */
  shown(): Record<string, Json> {
    const tokens = this.sensitiveTokens();
    return Object.fromEntries([...this.#properties].map(([key, { value, isExternal }]) => [key, isExternal === true || isSecretName(key, tokens) ? suppressed(value) : value]));
  }

  /** What is odd about them, for people: unknown, old and incomplete ones, each once. Names only, never a value. */
  warnings(): string[] {
    return warningsAbout(this.#properties);
  }
}
