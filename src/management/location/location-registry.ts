import { ClockerError } from "../../model/errors.ts";
import type { Location } from "../../model/location.ts";
import type { LocationRegistry, Management } from "../../model/management.ts";
import { nearest } from "../../model/nearest.ts";
import type { Json, JsonObject, LocationReference } from "../../model/spec.ts";
import type { LocationResolver } from "../../provider/location.ts";
import { parseLocationSpec } from "./location-spec.ts";

/** A location that can be named: from the properties file, or registered while running. */
export interface LocationDefinition {
  id: string;
  name: string;
  displayName: string;
  spec: string;
  config: Readonly<Record<string, Json>>;
}

const LOCATION_DOCUMENTS = "location";
const MAX_NAMED_DEPTH = 10;

/**
 * Finds locations by spec or name. The same spec and config give the same location, which keeps its id over restarts of the server.
 */
export class PlaneLocations implements LocationRegistry {
  readonly #management: Management;
  readonly #resolvers: ReadonlyMap<string, LocationResolver>;
  readonly #named: Map<string, LocationDefinition>;
  readonly #registered = new Map<string, Location>();
  readonly #reserved = new Set<string>();
  readonly #inUse = new Map<string, Location>();
  readonly #byKey = new Map<string, Location>();
  /** What each location was made of. */
  readonly #madeOf = new Map<Location, { spec: string; config: Readonly<Record<string, Json>> }>();
  #fromProperties: readonly LocationDefinition[];

  constructor(management: Management, resolvers: readonly LocationResolver[], named: readonly LocationDefinition[]) {
    this.#management = management;
    this.#resolvers = new Map(resolvers.map((resolver) => [resolver.prefix, resolver]));
    this.#named = new Map(named.map((definition) => [definition.name, definition]));
    this.#fromProperties = named;
  }

  /** Takes over the named locations of properties that were read again, and the new defaults for the locations in use. */
  redefine(named: readonly LocationDefinition[]): void {
    const before = new Map(this.#fromProperties.map((definition) => [definition.name, definition]));
    const after = new Set(named.map(({ name }) => name));
    for (const [name, definition] of before) if (!after.has(name) && this.#named.get(name) === definition) this.undefine(name);
    this.#fromProperties = named;
    for (const definition of named) this.define(definition);
    for (const [location, { spec, config }] of this.#madeOf) {
      const parsed = parseLocationSpec(spec);
      this.#resolvers.get(parsed.prefix.toLowerCase())?.refresh?.(location, parsed, config);
    }
  }

  resolve(reference: LocationReference): Location {
    return this.#resolve(reference.spec, reference.config ?? {}, 0);
  }

  /** What `resolve` would find, without making it. @throws ClockerError `unknown-location`. */
  check(reference: LocationReference): void {
    const { prefix, path } = parseLocationSpec(reference.spec);
    const name = prefix === "named" ? (path[0] ?? "") : reference.spec;
    if (this.#registered.has(name) || (prefix === "id" && this.#inUse.has(path[0] ?? ""))) return;
    if (this.#named.has(name)) return;
    const resolver = this.#resolvers.get(prefix.toLowerCase());
    if (resolver === undefined) throw this.#unknown(reference.spec);
    for (const target of resolver.targets?.(parseLocationSpec(reference.spec), reference.config ?? {}) ?? []) this.check(target);
  }

  /** The location that `resolve` would give, where it is there already: nothing is made. What is no location is not there. */
  find(reference: LocationReference): Location | undefined {
    try {
      return this.#find(reference.spec, reference.config ?? {}, 0);
    } catch (error) {
      if (error instanceof ClockerError && error.code === "invalid-value") return undefined;
      throw error;
    }
  }

  /** Lets blueprints name a location; a definition of the same name is replaced. */
  define(definition: LocationDefinition): void {
    const isNew = !this.#named.has(definition.name);
    this.#named.set(definition.name, definition);
    if (isNew) this.#management.events.publish({ kind: "location-added", name: definition.name });
  }

  undefine(name: string): void {
    if (this.#named.delete(name)) this.#management.events.publish({ kind: "location-removed", name });
  }

  reserve(name: string): void {
    if (this.isTaken(name)) throw new ClockerError("conflict", `Cannot register location "${name}": the name is already taken`, { remedy: "Choose another name" });
    this.#reserved.add(name);
  }

  register(name: string, location: Location): void {
    if (!this.#reserved.delete(name)) {
      this.reserve(name);
      this.#reserved.delete(name);
    }
    this.#registered.set(name, location);
    this.#inUse.set(location.id, location);
    this.#management.events.publish({ kind: "location-added", name });
  }

  unregister(name: string): void {
    this.#reserved.delete(name);
    const location = this.#registered.get(name);
    if (location === undefined) return;
    this.#registered.delete(name);
    this.#inUse.delete(location.id);
    this.#management.events.publish({ kind: "location-removed", name });
  }

  isTaken(name: string): boolean {
    return this.#reserved.has(name) || this.#registered.has(name) || this.#named.has(name) || this.#resolvers.has(name);
  }

  location(id: string): Location | undefined {
    return this.#inUse.get(id);
  }

  /** Every location in use. */
  inUse(): Location[] {
    return [...this.#inUse.values()];
  }

  add(location: Location): void {
    this.#inUse.set(location.id, location);
  }

  forget(location: Location): void {
    this.#inUse.delete(location.id);
  }

  /** Names that blueprints may use: from the properties file, registered now, and those of this computer. */
  definitions(): LocationDefinition[] {
    const registered = [...this.#registered].map(([name, location]) => ({ id: location.id, name, displayName: location.name, spec: location.spec, config: location.config }));
    return [...this.#named.values(), ...registered].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Makes the locations of earlier runs again, with their ids. */
  restore(documents: ReadonlyMap<string, JsonObject>, onFailure: (id: string, error: unknown) => void): void {
    for (const [id, data] of documents) {
      try {
        this.#make(data["spec"] as string, (data["config"] ?? {}) as JsonObject, id);
      } catch (error) {
        onFailure(id, error);
      }
    }
  }

  #resolve(spec: string, config: Readonly<Record<string, Json>>, depth: number): Location {
    if (depth > MAX_NAMED_DEPTH) throw new ClockerError("invalid-value", `Circular reference in definition of location '${spec}'`);
    const { prefix, path } = parseLocationSpec(spec);
    const name = prefix === "named" ? (path[0] ?? "") : spec;
    const registered = this.#registered.get(name) ?? (prefix === "id" ? this.#inUse.get(path[0] ?? "") : undefined);
    if (registered !== undefined) return registered;
    const named = this.#named.get(name);
    if (named !== undefined && named.spec !== spec) return this.#resolve(named.spec, { displayName: named.displayName, ...named.config, ...config }, depth + 1);
    return this.#byKey.get(keyOf(spec, config)) ?? this.#make(spec, config, this.#management.ids.entityId());
  }

  #find(spec: string, config: Readonly<Record<string, Json>>, depth: number): Location | undefined {
    if (depth > MAX_NAMED_DEPTH) return undefined;
    const parsed = parseLocationSpec(spec);
    const name = parsed.prefix === "named" ? (parsed.path[0] ?? "") : spec;
    const registered = this.#registered.get(name) ?? (parsed.prefix === "id" ? this.#inUse.get(parsed.path[0] ?? "") : undefined);
    if (registered !== undefined) return registered;
    const named = this.#named.get(name);
    if (named !== undefined && named.spec !== spec) return this.#find(named.spec, { displayName: named.displayName, ...named.config, ...config }, depth + 1);
    // A Docker cloud's location is its own: `docker:INFRASTRUCTURE`, and that of a host.
    return this.#byKey.get(keyOf(spec, config)) ?? (parsed.prefix === "docker" ? this.#inUse.get(parsed.path[1] ?? parsed.path[0] ?? "") : undefined);
  }

  #make(spec: string, config: Readonly<Record<string, Json>>, id: string): Location {
    const parsed = parseLocationSpec(spec);
    const resolver = this.#resolvers.get(parsed.prefix.toLowerCase());
    if (resolver === undefined) throw this.#unknown(spec);
    const location = resolver.resolve(parsed, id, config);
    // One with an id of its own belongs to somebody who keeps it: a Docker cloud, a host.
    if (location.id !== id) return location;
    // Of two with the same settings (one of them imported) the first one stays the one that is found.
    if (!this.#byKey.has(keyOf(spec, config))) this.#byKey.set(keyOf(spec, config), location);
    this.#madeOf.set(location, { spec, config });
    this.#inUse.set(id, location);
    this.#management.documents.put(LOCATION_DOCUMENTS, id, { spec, config: { ...config } });
    return location;
  }

  #unknown(spec: string): ClockerError {
    const known = [...this.#registered.keys(), ...this.#named.keys(), ...this.#resolvers.keys()];
    const near = nearest(spec, known);
    return new ClockerError("unknown-location", `Unknown location '${spec}'`, {
      remedy: near === undefined ? `Known locations are ${known.map((name) => `"${name}"`).join(", ")}` : `Did you mean "${near}"?`,
      details: { known },
    });
  }
}

function keyOf(spec: string, config: Readonly<Record<string, Json>>): string {
  return JSON.stringify([spec, Object.entries(config).sort(([a], [b]) => a.localeCompare(b))]);
}
