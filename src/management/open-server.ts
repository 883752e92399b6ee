import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { examineBlueprint, readBlueprint, readChildren, readSpec, type BlueprintWarning } from "../blueprint/index.ts";
import { Catalog } from "../blueprint/catalog/index.ts";
import { isDeferred, resolve } from "../blueprint/dsl/index.ts";
import { dockerResolver } from "../docker/index.ts";
import type { Clock } from "../model/clock.ts";
import { ClockerError, messageOf } from "../model/errors.ts";
import { idSource } from "../model/ids.ts";
import { providers } from "../provider/index.ts";
import type { Work } from "../model/work.ts";
import { isMachineLocation } from "../provider/location.ts";
import { poolResolver } from "../software/pool/pool-location.ts";
import { Applications } from "./applications.ts";
import type { BlueprintReader } from "./blueprint-reader.ts";
import { CatalogStore } from "./catalog-store.ts";
import { ExternalConfig } from "./external/external-config.ts";
import { resolvedProperties } from "./external/resolved-properties.ts";
import { importState, type Imported } from "./import-state.ts";
import { knownTypes } from "./known-types.ts";
import { composedResolvers } from "./location/composed-resolvers.ts";
import { PlaneLocations } from "./location/location-registry.ts";
import { providerResolver } from "./location/provider-resolver.ts";
import { defineCatalogLocations } from "./location/catalog-locations.ts";
import { Logbook } from "./logbook.ts";
import { LastParsed } from "./last-parsed.ts";
import type { Logger } from "./logger.ts";
import { Plane } from "./plane.ts";
import { pooledRandom } from "./pooled-random.ts";
import type { Properties } from "./properties/properties.ts";
import { NamedBlueprints } from "./named-blueprints.ts";
import { Resources } from "./resources/resource-loader.ts";
import { loadStore, reconnect, restoreDocuments, restoreEntities, type Stored } from "./restore.ts";
import { KnownSecrets } from "./secrets/known-secrets.ts";
import { openSecretStore } from "./secrets/secret-store.ts";
import { LocatedTypes, remedyForLocation, ServerTypes } from "./server-types.ts";
import type { Server, ServerVersion } from "./server.ts";
import { Persister } from "./store/persister.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store, StoredRecord } from "./store/store.ts";
import { systemClock } from "./system-clock.ts";

/** Fills the catalog at a start, before what was stored is restored. `isFirstStart`: nothing was stored yet. */
export type PrepareCatalog = (store: Pick<CatalogStore, "add" | "reset">, state: { isFirstStart: boolean }) => Promise<void>;

export interface ServerOptions {
  dataDir: string;
  properties: Properties;
  /** Reads the properties again, for `POST /v1/server/properties/reload`. */
  readProperties?: () => Promise<Properties>;
  log: Logger;
  /** SQLite in the data directory unless given. */
  store?: Store;
  clock?: Clock;
  prepareCatalog?: PrepareCatalog;
  /** Told when state can no longer be kept: the server should end. */
  onFatal?: (error: unknown) => void;
}

const PROJECT = path.resolve(import.meta.dirname, "../..");

/** Starts the management server: opens the store, restores what was there, and takes up again what runs. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { dataDir, clock = systemClock } = options;
  const logbook = new Logbook(clock);
  const log = logbook.keeping(options.log);
  const knownSecrets = new KnownSecrets();
  const external = new ExternalConfig(options.properties, clock, (value) => knownSecrets.add(value));
  const properties = await resolvedProperties(options.properties, external);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = options.store ?? (await openSqliteStore({ directory: dataDir, clock }));
  const persister = new Persister({ store, clock, onError: (error) => reportStoreFailure(error, log, options.onFatal) });
  try {
    const stored = await loadStore(store);
    const catalog = new Catalog();
    const types = knownTypes();
    types.beans = (name) => {
      const item = catalog.get(name);
      return item?.itemType === "bean" && !item.disabled ? item.plan : undefined;
    };
    const blueprintTypes = new ServerTypes(types, catalog);
    let locations: PlaneLocations | undefined;
    const bundles: { catalogStore?: CatalogStore } = {};
    const plane = new Plane({
      planeId: planeIdOf(stored),
      dataDir,
      clock,
      randomBytes: pooledRandom(),
      persister,
      types,
      resources: new Resources({ clock, dataDir, mavenRepository: properties.get("maven.repository"), bundled: (url, work, whose) => bundledFile(plane, bundles.catalogStore, { url, work, whose }) }),
      secrets: await openSecretStore(dataDir),
      knownSecrets,
      log,
      property: (name) => properties.get(name),
      dsl: { isDeferred, resolve: (raw, scope, work) => resolve(raw, scope, work, { entitySpec: (plan) => readSpec(plan, { types: blueprintTypes }), external: (supplier, key, by) => external.get(supplier, key, by?.signal) }) },
      locations: (management) => {
        const resolvers = [...Object.keys(providers).map((prefix) => providerResolver(prefix, management, properties)), ...composedResolvers(management), poolResolver(management), dockerResolver((id) => management.entity(id))];
        return (locations = new PlaneLocations(management, resolvers, namedLocations(properties)));
      },
    });
    if (locations === undefined) throw new ClockerError("internal", "The plane has no locations");
    const registry = locations;
    const named = new NamedBlueprints(plane);
    const examined = new LocatedTypes(types, catalog, (reference) => registry.check(reference), (url) => named.text(url));
    const applications = new Applications(plane, locations, blueprintReader(blueprintTypes, examined, { named, locations }));
    restoreDocuments(plane, stored);
    const catalogStore = new CatalogStore({ catalog, documents: plane.documents, log, secrets: plane.secrets, kindOf: (name) => blueprintTypes.kindOf(name) });
    bundles.catalogStore = catalogStore;
    await catalogStore.restore(path.join(PROJECT, "catalog"));
    await options.prepareCatalog?.(catalogStore, { isFirstStart: plane.documents.get("plane", "plane") === undefined });
    defineCatalogLocations(catalog, locations);
    restoreEntities(plane, locations, stored);
    plane.documents.put("plane", "plane", { planeId: plane.planeId });
    await plane.documents.flush();
    const { readProperties } = options;
    const reload = readProperties === undefined ? undefined : reloading({ read: readProperties, properties, external, locations, clock, onSecret: (value) => knownSecrets.add(value) });
    return new OpenServer({ plane, locations, applications, catalog, catalogStore, properties, reload, log, logbook, version: await versionOf(), persister, store });
  } catch (error) {
    await store.close();
    throw error;
  }
}

class OpenServer implements Server {
  readonly plane: Plane;
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly catalogStore: CatalogStore;
  readonly locations: PlaneLocations;
  readonly properties: Properties;
  readonly log: Logger;
  readonly logbook: Logbook;
  readonly version: ServerVersion;
  readonly #persister: Persister;
  readonly #store: Store;
  readonly #reload: Server["reloadProperties"] | undefined;
  #isReady = false;

  constructor(init: Pick<Server, "plane" | "applications" | "catalog" | "catalogStore" | "locations" | "properties" | "log" | "logbook" | "version"> & { persister: Persister; store: Store; reload: Server["reloadProperties"] | undefined }) {
    this.plane = init.plane;
    this.applications = init.applications;
    this.catalog = init.catalog;
    this.catalogStore = init.catalogStore;
    this.locations = init.locations;
    this.properties = init.properties;
    this.log = init.log;
    this.logbook = init.logbook;
    this.version = init.version;
    this.#persister = init.persister;
    this.#store = init.store;
    this.#reload = init.reload;
    const rebind = this.plane.submit(undefined, "Rebind", (work) => reconnect(this.plane, this.locations, this.applications, work), { description: "Reaching what runs again after a start of the server" });
    void rebind.task.ended.then(() => {
      this.#isReady = true;
      if (rebind.task.error !== undefined) this.log.error({ error: messageOf(rebind.task.error) }, "Rebind failed");
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  async reloadProperties(check?: (fresh: Properties) => void): Promise<void> {
    if (this.#reload === undefined) throw new ClockerError("forbidden", "Cannot reload the properties: this server was started without a properties file");
    await this.#reload(check);
  }

  importState(records: Iterable<StoredRecord>): Promise<Imported> {
    return importState(records, this);
  }

  async *records(): AsyncGenerator<StoredRecord> {
    await this.#persister.flush();
    yield* this.#store.load();
  }

  async close(): Promise<void> {
    const stopping = new ClockerError("interrupted", "The management server is shutting down");
    for (const entity of this.plane.entities.all()) {
      entity.stopFeeds();
      for (const adjunct of entity.adjuncts) adjunct.stop();
    }
    const running = [...this.plane.tasks.running()].filter((task) => task.parent === undefined);
    // What was running is marked as interrupted at the next start, as after a crash; here it is only made to let go.
    await this.#persister.flush();
    this.plane.freeze();
    await this.#persister.close();
    running.forEach((task) => task.cancel(stopping));
    // An open connection would keep the process from ending.
    await Promise.all(this.locations.inUse().filter(isMachineLocation).map(({ machine }) => machine.close()));
    await this.#store.close();
  }
}

/** A file of the bundle that the entity of some work, or the nearest one above it, was made from; or of any bundle. */
function bundledFile(plane: Plane, catalogStore: CatalogStore | undefined, { url, work, whose }: { url: string; work: Work; whose: "own" | "any" }): Uint8Array | undefined {
  if (whose === "any") return catalogStore?.classpathFile(url);
  for (let entity = plane.entity(plane.tasks.task(work.taskId)?.entityId ?? ""); entity !== undefined; entity = entity.parent) {
    const found = entity.catalogItemId === undefined ? undefined : catalogStore?.classpathFile(url, entity.catalogItemId);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The reader of blueprints does not know which locations there are; the registry does. */
function withKnownLocations(error: ClockerError, locations: PlaneLocations): ClockerError {
  const { location } = error.details;
  if (error.code !== "unknown-location" || typeof location !== "string" || error.remedy !== undefined) return error;
  const remedy = remedyForLocation((reference) => locations.check(reference), { spec: location });
  return new ClockerError(error.code, error.message, { ...(remedy === undefined ? {} : { remedy }), cause: error.cause, details: { ...error.details } });
}

function blueprintReader(bare: ServerTypes, examined: LocatedTypes, { named, locations }: { named: NamedBlueprints; locations: PlaneLocations }): BlueprintReader {
  const types = bare.withDocuments((url) => named.text(url));
  const parsed = new LastParsed();
  const texts = (warnings: readonly BlueprintWarning[]) => warnings.map(({ message, position, remedy }) => `${message}${position === undefined ? "" : ` (line ${position.line}, column ${position.column})`}${remedy === undefined ? "" : `. ${remedy}`}`);
  return {
    open: async (text) => {
      const document = await parsed.parse(text);
      await named.open((opened) => examineBlueprint(text, { types: bare.withDocuments(opened), document }).problems);
    },
    examine: (text) => {
      const { spec, problems: found, warnings } = examineBlueprint(text, { types: examined, document: parsed.take(text) });
      const problems = found.map((error) => withKnownLocations(error, locations));
      const told = warnings.map(({ message, position, remedy }) => ({ message, ...position, ...(remedy === undefined ? {} : { remedy }) }));
      return { spec, problems, warnings: told };
    },
    read: (text, source) => {
      const { spec, warnings } = readBlueprint(text, { types, ...source, document: source?.source === undefined ? parsed.take(text) : undefined });
      return { spec, warnings: texts(warnings) };
    },
    readChildren: (text, parent) => {
      const inherits = (name: string) => parent.config.find(parent.config.key(name) ?? { name, aliases: [], inherited: true }) !== undefined;
      const { specs, warnings } = readChildren(text, { types, inherits, document: parsed.take(text) });
      return { specs, warnings: texts(warnings) };
    },
  };
}

interface Reloading {
  readonly read: () => Promise<Properties>;
  readonly properties: Properties;
  readonly external: ExternalConfig;
  readonly locations: PlaneLocations;
  readonly clock: Clock;
  readonly onSecret: (value: string) => void;
}

/** Nothing changes before everything new is read and found right. */
function reloading({ read, properties, external, locations, clock, onSecret }: Reloading): Server["reloadProperties"] {
  return async (check) => {
    const raw = await read();
    const suppliers = new ExternalConfig(raw, clock, onSecret);
    const fresh = await resolvedProperties(raw, suppliers);
    check?.(fresh);
    external.replaceWith(suppliers);
    properties.replaceWith(fresh);
    locations.redefine(namedLocations(fresh));
  };
}

function planeIdOf(stored: Stored): string {
  const known = stored.get("plane")?.get("plane")?.["planeId"];
  return typeof known === "string" ? known : idSource((size) => randomBytes(size)).taskId();
}

function namedLocations(properties: Properties): ConstructorParameters<typeof PlaneLocations>[2] {
  return properties.namedLocations().map(({ name, spec, displayName, properties: config }) => ({ id: name, name, displayName: displayName ?? name, spec, config }));
}

function reportStoreFailure(error: unknown, log: Logger, onFatal: ServerOptions["onFatal"]): void {
  log.error({ error: messageOf(error) }, "Cannot keep state");
  if (error instanceof ClockerError && error.code === "storage" && error.details["permanent"] === true) onFatal?.(error);
}

async function versionOf(): Promise<ServerVersion> {
  const { version } = JSON.parse(await readFile(path.join(PROJECT, "package.json"), "utf8")) as { version: string };
  return { version, buildSha1: process.env["CLOCKER_BUILD_SHA1"] ?? "", buildBranch: process.env["CLOCKER_BUILD_BRANCH"] ?? "" };
}
