import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import type { Logger } from "../../src/management/logger.ts";
import { Plane } from "../../src/management/plane.ts";
import { InMemoryStore } from "../../src/management/store/in-memory-store.ts";
import { Persister } from "../../src/management/store/persister.ts";
import { Types } from "../../src/management/types.ts";
import type { AdjunctType, InitializerType } from "../../src/model/adjunct.ts";
import type { EntityType } from "../../src/model/entity-type.ts";
import type { Entity } from "../../src/model/entity.ts";
import { ClockerError } from "../../src/model/errors.ts";
import type { Location } from "../../src/model/location.ts";
import type { LocationRegistry, ResourceLoader } from "../../src/model/management.ts";
import type { Work } from "../../src/model/work.ts";
import { basicApplication } from "../../src/software/stock/application.ts";
import { FakeClock } from "./fake-clock.ts";

export interface FakeManagementOptions {
  clock?: FakeClock;
  dataDir?: string;
  entityTypes?: readonly EntityType[];
  adjunctTypes?: readonly AdjunctType[];
  initializerTypes?: readonly InitializerType[];
  /** By name, as blueprints give them. */
  locations?: Readonly<Record<string, Location>>;
  resources?: ResourceLoader;
  /** In place of those that the lists give. */
  types?: Types;
  /** In place of one that understands `attributeWhenReady` only. */
  dsl?: ConstructorParameters<typeof Plane>[0]["dsl"];
}

export interface FakeManagement {
  plane: Plane;
  clock: FakeClock;
  /** Warnings and errors that were logged. */
  logged: string[];
}

/** The real plane over a store in memory and a fake clock. `$brooklyn:attributeWhenReady("x")` of the entity itself is all that is understood. */
export function fakeManagement(options: FakeManagementOptions = {}): FakeManagement {
  const clock = options.clock ?? new FakeClock();
  const logged: string[] = [];
  const note = (_fields: object, message: string): void => void logged.push(message);
  const log: Logger = { debug: () => {}, info: () => {}, warn: note, error: note };
  const plane = new Plane({
    planeId: "testplan",
    dataDir: options.dataDir ?? tmpdir(),
    clock,
    randomBytes: (size) => randomBytes(size),
    persister: new Persister({ store: new InMemoryStore(), clock, onError: (error) => void logged.push(String(error)) }),
    types: options.types ?? new Types({ entities: [basicApplication, ...(options.entityTypes ?? [])], adjuncts: options.adjunctTypes ?? [], initializers: options.initializerTypes ?? [] }),
    resources: options.resources ?? noResources,
    secrets: { seal: (plain) => plain, open: (sealed) => String(sealed) },
    log,
    dsl: options.dsl ?? { isDeferred, resolve },
    locations: () => fakeLocations(options.locations ?? {}),
  });
  return { plane, clock, logged };
}

const WHEN_READY = /^\$brooklyn:attributeWhenReady\("([^"]+)"\)$/;

function isDeferred(raw: unknown): boolean {
  if (typeof raw === "string") return raw.startsWith("$brooklyn:");
  return typeof raw === "object" && raw !== null && Object.values(raw).some(isDeferred);
}

async function resolve(raw: unknown, scope: Entity, work: Work | undefined): Promise<unknown> {
  if (Array.isArray(raw)) return await Promise.all(raw.map((item) => resolve(item, scope, work)));
  if (typeof raw === "object" && raw !== null) return Object.fromEntries(await Promise.all(Object.entries(raw).map(async ([key, value]) => [key, await resolve(value, scope, work)] as const)));
  const name = typeof raw === "string" ? WHEN_READY.exec(raw)?.[1] : undefined;
  if (name === undefined) return raw;
  const value = (): unknown => scope.sensorValue(name)?.value;
  if (value() || work === undefined) return value();
  const { promise, resolve: done, reject } = Promise.withResolvers<unknown>();
  const unsubscribe = scope.management.events.subscribeSensor(scope.id, name, () => value() && done(value()));
  work.signal.addEventListener("abort", () => reject(work.signal.reason), { once: true });
  try {
    return await promise;
  } finally {
    unsubscribe();
  }
}

function fakeLocations(named: Readonly<Record<string, Location>>): LocationRegistry {
  const inUse = new Map(Object.values(named).map((location) => [location.id, location]));
  return {
    resolve: ({ spec }) => {
      const location = named[spec];
      if (location === undefined) throw new ClockerError("unknown-location", `Unknown location "${spec}"`);
      return location;
    },
    reserve: () => {},
    register: () => {},
    unregister: () => {},
    isTaken: () => false,
    location: (id) => inUse.get(id),
    add: (location) => void inUse.set(location.id, location),
    forget: (location) => void inUse.delete(location.id),
  };
}

const noResources: ResourceLoader = {
  read: async (url) => {
    throw new ClockerError("not-found", `There is no resource "${url}"`);
  },
  file: async (url) => {
    throw new ClockerError("not-found", `There is no resource "${url}"`);
  },
};
