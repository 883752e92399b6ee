import { randomBytes } from "node:crypto";
import { isDeferred, resolve } from "../../src/blueprint/dsl/index.ts";
import { dockerEntityTypes, dockerResolver } from "../../src/docker/index.ts";
import type { InMemoryEngine } from "../../src/engine/in-memory-engine.ts";
import { Applications, type Deployment } from "../../src/management/applications.ts";
import { composedResolvers } from "../../src/management/location/composed-resolvers.ts";
import { PlaneLocations } from "../../src/management/location/location-registry.ts";
import { ProviderLocation } from "../../src/management/location/provider-location.ts";
import type { Logger } from "../../src/management/logger.ts";
import { Plane } from "../../src/management/plane.ts";
import { loadStore, reconnect, restoreDocuments, restoreEntities } from "../../src/management/restore.ts";
import { InMemoryDisk, InMemoryStore } from "../../src/management/store/in-memory-store.ts";
import { Persister } from "../../src/management/store/persister.ts";
import { Types } from "../../src/management/types.ts";
import type { AdjunctType, InitializerType } from "../../src/model/adjunct.ts";
import type { Entity } from "../../src/model/entity.ts";
import type { EntityType } from "../../src/model/entity-type.ts";
import { ClockerError, messageOf } from "../../src/model/errors.ts";
import type { Management, ResourceLoader } from "../../src/model/management.ts";
import { entitySpec, type EntitySpec } from "../../src/model/spec.ts";
import type { Work } from "../../src/model/work.ts";
import { InMemoryCloud, InMemoryProvider } from "../../src/provider/in-memory.ts";
import type { LocationResolver } from "../../src/provider/location.ts";
import { poolResolver } from "../../src/software/pool/pool-location.ts";
import { groupEntityTypes } from "../../src/software/group/index.ts";
import { stockEntityTypes } from "../../src/software/stock/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { InMemoryDockerMachine, inMemoryEngine } from "./in-memory-docker.ts";
import { ProcessLife } from "./process-life.ts";

export interface WorldOptions {
  entityTypes?: readonly EntityType[];
  adjunctTypes?: readonly AdjunctType[];
  initializerTypes?: readonly InitializerType[];
  /** Machines that the provider can have at once. */
  capacity?: number;
}

/** What outlives the server in a simulation: the disk, the machines, and the engines on them with their containers. */
export class World {
  readonly clock = new FakeClock();
  readonly disk = new InMemoryDisk();
  readonly cloud: InMemoryCloud;
  /** By the machine's native id. */
  readonly engines = new Map<string, InMemoryEngine>();
  /** What blueprints name: `memory:dockerfile`. */
  readonly resources = new Map<string, string>();
  /** A given machine may be made to differ when a server connects to it. */
  onConnect: (machine: InMemoryDockerMachine) => void = () => {};
  readonly options: WorldOptions;

  constructor(options: WorldOptions = {}) {
    this.options = options;
    const { capacity } = options;
    this.cloud = new InMemoryCloud({ clock: this.clock, ...(capacity === undefined ? {} : { capacity }), machine: () => { throw new Error("Machines are made for each run of the server"); } });
  }

  /** Runs the server on what is there: a first start, or a restart. Resolves when it has taken up again what runs. */
  async open(prepare: (life: ProcessLife) => void = () => {}): Promise<SimulatedServer> {
    const life = new ProcessLife();
    prepare(life);
    const server = await SimulatedServer.open(this, life);
    await this.clock.until(Promise.race([server.rebind, life.ended]));
    return server;
  }

  engine(nativeId: string): InMemoryEngine {
    let engine = this.engines.get(nativeId);
    if (engine === undefined) this.engines.set(nativeId, (engine = inMemoryEngine(nativeId, () => this.clock.now())));
    return engine;
  }

  /** Engines of the machines that exist, in the order of their making. */
  liveEngines(): InMemoryEngine[] {
    return [...this.cloud.machines.values()].map(({ description }) => this.engine(description.nativeId));
  }

  /** Containers on machines that exist. */
  async containers(): Promise<{ id: string; name: string; labels: Record<string, string>; engine: InMemoryEngine }[]> {
    const found = await Promise.all(this.liveEngines().map(async (engine) => (await engine.listContainers()).map((container) => ({ ...container, engine }))));
    return found.flat();
  }
}

/** A server without its HTTP front on a `World`. Blueprints are specs as JSON. */
export class SimulatedServer {
  readonly world: World;
  readonly life: ProcessLife;
  readonly plane: Plane;
  readonly locations: PlaneLocations;
  readonly applications: Applications;
  /** Warnings and errors that were logged. */
  readonly logged: string[];
  readonly store: InMemoryStore;
  readonly #persister: Persister;
  rebind: Promise<void> = Promise.resolve();

  static async open(world: World, life: ProcessLife): Promise<SimulatedServer> {
    if (world.disk.holder !== undefined) await world.disk.holder.close();
    const server = new SimulatedServer(world, life, new InMemoryStore(world.disk));
    const stored = await loadStore(server.store);
    restoreDocuments(server.plane, stored);
    restoreEntities(server.plane, server.locations, stored);
    server.rebind = server.plane.submit(undefined, "Rebind", (work) => reconnect(server.plane, server.locations, server.applications, work)).result;
    return server;
  }

  private constructor(world: World, life: ProcessLife, store: InMemoryStore) {
    const logged: string[] = [];
    const note = (fields: object, message: string): void => void logged.push(`${message}${"error" in fields ? `: ${messageOf(fields.error)}` : ""}`);
    const log: Logger = { debug: () => {}, info: () => {}, warn: note, error: note };
    const clock = life.clock(world.clock);
    const { entityTypes = [], adjunctTypes = [], initializerTypes = [] } = world.options;
    const provider = new InMemoryProvider(world.cloud);
    this.world = world;
    this.life = life;
    this.logged = logged;
    this.store = store;
    this.#persister = new Persister({ store: life.guard(store, "store.", (method) => method === "write"), clock, onError: (error) => void logged.push(messageOf(error)) });
    this.plane = new Plane({
      planeId: "simplane",
      dataDir: "/nowhere",
      clock,
      randomBytes: (size) => randomBytes(size),
      persister: this.#persister,
      types: new Types({ entities: [...stockEntityTypes, ...groupEntityTypes, ...dockerEntityTypes, ...entityTypes], adjuncts: adjunctTypes, initializers: initializerTypes }),
      resources: resourcesOf(world),
      secrets: { seal: (plain) => plain, open: String },
      log,
      dsl: { isDeferred, resolve },
      locations: (management) => this.#makeLocations(management, this.#guarded(provider)),
    });
    if (!(this.plane.locations instanceof PlaneLocations)) throw new Error("Not the locations that were made");
    this.locations = this.plane.locations;
    this.applications = new Applications(this.plane, this.locations, {
      open: () => Promise.resolve(),
      examine: (text) => ({ spec: JSON.parse(text) as EntitySpec, problems: [], warnings: [] }),
      read: (text) => ({ spec: JSON.parse(text) as EntitySpec, warnings: [] }),
      readChildren: (text) => ({ specs: JSON.parse(text) as EntitySpec[], warnings: [] }),
    });
  }

  #makeLocations(management: Management, provider: InMemoryProvider): PlaneLocations {
    const given = ["memory", "byon"].map((prefix) => memoryResolver(prefix, management, provider));
    return new PlaneLocations(management, [...given, ...composedResolvers(management), poolResolver(management), dockerResolver((id) => management.entity(id))], []);
  }

  #guarded(provider: InMemoryProvider): InMemoryProvider {
    const { life, world } = this;
    const guarded = life.guard(provider, "provider.", (method) => method !== "connect");
    const machines = new Map<string, InMemoryDockerMachine>();
    return new Proxy(guarded, {
      get: (target, property) => {
        if (property !== "connect") return Reflect.get(target, property, target) as unknown;
        return ({ nativeId, address, hostname }: Parameters<InMemoryProvider["connect"]>[0]) => {
          const machine = machines.get(nativeId) ?? new InMemoryDockerMachine({ name: hostname, address, engine: life.guardEngine(world.engine(nativeId)) });
          machines.set(nativeId, machine);
          world.onConnect(machine);
          return machine;
        };
      },
    });
  }

  deploy(spec: EntitySpec): Promise<Deployment> {
    return this.applications.deploy(JSON.stringify(spec));
  }

  /** Deploys and waits for the start. */
  async start(spec: EntitySpec): Promise<Entity> {
    const { application, start } = await this.until(this.deploy(spec));
    await this.until(start?.result ?? Promise.resolve());
    return application;
  }

  invoke(entity: Entity, effector: string, parameters: Record<string, unknown> = {}): Promise<unknown> {
    return this.until(this.applications.invoke(entity, effector, parameters).result);
  }

  /** Lets time pass until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {});
    return this.world.clock.until(promise);
  }

  /** Work of a task without an entity. */
  run<T>(body: (work: Work) => Promise<T>): Promise<T> {
    return this.until(this.plane.submit(undefined, "test", body).result);
  }

  /** A clean end, as `Server.close` makes it: what ran has time to let go. */
  async close(): Promise<void> {
    for (const entity of this.plane.entities.all()) entity.stopFeeds();
    const running = [...this.plane.tasks.running()].filter((task) => task.parent === undefined);
    await this.until(this.#persister.flush());
    this.plane.freeze();
    await this.until(this.#persister.close());
    running.forEach((task) => task.cancel(new ClockerError("interrupted", "The management server is shutting down")));
    await this.until(Promise.all(running.map((task) => task.ended)));
    this.life.kill();
  }

  /** Everything stored, then the end. */
  async crash(): Promise<void> {
    await this.until(this.plane.documents.flush());
    this.life.kill();
  }

  find(displayName: string): Entity {
    const found = [...this.plane.entities.all()].find((entity) => entity.displayName === displayName);
    if (found === undefined) throw new Error(`There is no entity "${displayName}" among ${[...this.plane.entities.all()].map((entity) => entity.displayName).join(", ")}`);
    return found;
  }

  of(type: string): Entity[] {
    return [...this.plane.entitiesOf(type)];
  }
}

/** A Docker cloud's blueprint. */
export function cloudSpec(config: EntitySpec["config"] = {}, name = "my-docker-cloud"): EntitySpec {
  return entitySpec("clocker.docker.entity.DockerInfrastructure", { displayName: "Cloud", config: { "entity.dynamicLocation.name": name, ...config }, locations: [{ spec: "memory" }] });
}

function memoryResolver(prefix: string, management: Management, provider: InMemoryProvider): LocationResolver {
  return {
    prefix,
    resolve: (spec, id, config) => new ProviderLocation({ id, name: prefix, spec: spec.text, type: "memory", config: { ...config, ...spec.arguments }, provider, management }),
  };
}

function resourcesOf(world: World): ResourceLoader {
  const read = async (url: string): Promise<Buffer> => {
    const content = world.resources.get(url);
    if (content === undefined) throw new ClockerError("not-found", `There is no resource "${url}"`);
    return Buffer.from(content);
  };
  return { read, file: () => Promise.reject(new ClockerError("not-found", "There are no files")) };
}
