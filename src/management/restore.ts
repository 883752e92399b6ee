import type { Entity } from "../model/entity.ts";
import { ClockerError, messageOf } from "../model/errors.ts";
import type { Transition } from "../model/lifecycle.ts";
import type { JsonObject } from "../model/spec.ts";
import { inParallel, type Work } from "../model/work.ts";
import { SERVICE_STATE_EXPECTED } from "../software/stock/attributes.ts";
import { setFailed } from "../software/stock/service-state.ts";
import { resumeWorkflows } from "../software/workflow/index.ts";
import { DESTROY_DOCUMENTS, type Applications } from "./applications.ts";
import { applyInitializers, entityFromRecord } from "./entity/entity-factory.ts";
import { adjunctOf, recordOf, restoreSensors, type EntityRecord } from "./entity/entity-record.ts";
import { ProviderLocation, MACHINE_DOCUMENTS, machineRecord } from "./location/provider-location.ts";
import type { PlaneLocations } from "./location/location-registry.ts";
import { isShared, SharedMachineLocation, usersOfShared } from "./location/shared-machine.ts";
import type { Plane } from "./plane.ts";
import { learnFrom } from "./secrets/scrubbed.ts";
import { opened } from "./secrets/sealed-json.ts";
import type { Store } from "./store/store.ts";
import { tasksFromRecords } from "./task/task-record.ts";

/** Everything that the store holds, by kind and id. */
export type Stored = ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;

export async function loadStore(store: Store): Promise<Stored> {
  const kinds = new Map<string, Map<string, JsonObject>>();
  for await (const { kind, id, data } of store.load()) {
    const documents = kinds.get(kind) ?? new Map<string, JsonObject>();
    kinds.set(kind, documents);
    documents.set(id, data);
  }
  return kinds;
}

const NONE: ReadonlyMap<string, JsonObject> = new Map();
/** Kinds that have an owner of their own; every other kind is a plain document. */
const OWNED = new Set(["entity", "sensors", "task"]);

/** Puts plain documents back; entities follow with `restoreEntities`. */
export function restoreDocuments(plane: Plane, stored: Stored): void {
  for (const [kind, documents] of stored) {
    if (OWNED.has(kind)) continue;
    for (const [id, data] of documents) plane.documents.restore(kind, id, openedRecord(plane, `${kind} ${id}`, data));
  }
}

/** A record with its sealed secrets in clear again. */
export function openedRecord(plane: Plane, what: string, data: JsonObject): JsonObject {
  const record = opened(data, plane.secrets, (error) => plane.log.warn({ error: messageOf(error) }, `Cannot restore a secret of ${what}`));
  learnFrom(record, plane.knownSecrets);
  return record;
}

/**
 * Brings everything of the earlier run back under management, without talking to any machine: locations and machines, tasks, entities with
 * their sensors, groups and adjuncts. Brooklyn calls it rebind.
 */
export function restoreEntities(plane: Plane, locations: PlaneLocations, stored: Stored): void {
  const of = (kind: string) => stored.get(kind) ?? NONE;
  restore(plane, locations, { entities: of("entity"), sensors: of("sensors"), tasks: of("task"), locations: plane.documents.all("location"), machines: plane.documents.all(MACHINE_DOCUMENTS), isStored: true });
  plane.tasks.forgetAllBut((id) => plane.knows(id));
}

/** What is brought under management together: records by id. */
export interface Restoration {
  readonly entities: ReadonlyMap<string, JsonObject>;
  readonly sensors: ReadonlyMap<string, JsonObject>;
  readonly tasks: ReadonlyMap<string, JsonObject>;
  readonly locations: ReadonlyMap<string, JsonObject>;
  readonly machines: ReadonlyMap<string, JsonObject>;
  /** Whether the store has all this already. */
  readonly isStored: boolean;
}

/** Brings entities, and where they are, under management. */
export function restore(plane: Plane, locations: PlaneLocations, records: Restoration): Entity[] {
  const warn = (what: string, error: unknown) => plane.log.warn({ error: messageOf(error) }, `Cannot restore ${what}`);
  locations.restore(records.locations, (id, error) => warn(`location ${id}`, error));
  restoreMachines(records.machines, locations, warn);
  for (const { task, interrupted } of tasksFromRecords(records.tasks, plane.clock.now())) {
    plane.tasks.restore(task);
    if (interrupted || !records.isStored) plane.tasks.keep(task);
  }
  const restored = makeEntities(plane, records, warn);
  const { sensors } = records;
  for (const { entity, record } of restored) {
    attempt(() => applyInitializers(entity, record.initializers), (error) => warn(`the initializers of ${entity.displayName}`, error));
    restoreSensors(entity, openedRecord(plane, `the sensors of ${entity.displayName}`, sensors.get(entity.id) ?? {}), (name, error) => warn(`sensor ${name} of ${entity.displayName}`, error));
  }
  for (const { entity, record } of restored) restoreMembers(plane, entity, record);
  restoreLocations(restored, locations);
  attachMachines(plane, records.machines, locations);
  for (const { entity, record } of restored) {
    for (const hooks of entity.type.hooks) attempt(() => hooks.manage?.(entity), (error) => warn(entity.displayName, error));
    for (const each of record.adjuncts) {
      const { name, id, suspended, suspendedUntil } = each;
      attempt(() => entity.addAdjunct(adjunctOf(each), { id, suspended, ...(suspendedUntil === undefined ? {} : { suspendedUntil }) }), (error) => warn(`${name} of ${entity.displayName}`, error));
    }
  }
  // Docker clouds, hosts and containers are locations too, and are known only now.
  restoreLocations(restored, locations);
  if (!records.isStored) for (const { entity } of restored) plane.changed(entity, "sensors");
  return restored.map(({ entity }) => entity);
}

/** Reaches what runs again, ends what a crash left half-made, and takes up removals that were cut off. */
export async function reconnect(plane: Plane, locations: PlaneLocations, applications: Applications, work: Work): Promise<void> {
  const interrupted = cutOff(plane);
  await work.step("clean up", (step) => releaseHalfMade(plane, locations, step), { inessential: true });
  await inParallel(plane.applications(), (application) => reconnectTree(plane, application, work));
  interrupted.forEach((transition, entity) => tellInterrupted(entity, transition));
  resumeWorkflows(plane);
  for (const id of plane.documents.all(DESTROY_DOCUMENTS).keys()) {
    const application = plane.entity(id);
    if (application === undefined) plane.documents.remove(DESTROY_DOCUMENTS, id);
    else applications.destroy(application);
  }
}

/** Entities whose start or stop the end of the server cut off. */
function cutOff(plane: Plane): Map<Entity, Transition> {
  const found = new Map<Entity, Transition>();
  for (const entity of plane.entities.all()) {
    const expected = entity.get(SERVICE_STATE_EXPECTED);
    if (expected?.state === "STARTING" || expected?.state === "STOPPING") found.set(entity, expected);
  }
  return found;
}

/** An entity that nobody starts or stops any more says so, unless it was taken up again meanwhile. */
function tellInterrupted(entity: Entity, transition: Transition): void {
  if (!entity.isManaged || entity.get(SERVICE_STATE_EXPECTED) !== transition) return;
  const [cause, what] = transition.state === "STARTING" ? (["start", "Start"] as const) : (["stop", "Stop"] as const);
  setFailed(entity, cause, new ClockerError("interrupted", `${what} was interrupted by a restart of the management server`, { remedy: "Start it again, or stop or delete it" }));
}

export async function reconnectTree(plane: Plane, entity: Entity, work: Work): Promise<void> {
  for (const hooks of entity.type.hooks) {
    if (hooks.reconnect === undefined) continue;
    try {
      await hooks.reconnect(entity, work);
    } catch (error) {
      plane.log.warn({ entity: entity.id, error: messageOf(error) }, `Cannot reconnect ${entity.displayName}`);
    }
  }
  await inParallel([...entity.children], (child) => reconnectTree(plane, child, work));
}

/** Machines that were asked for or being given back when the server ended, and machines labelled as ours that nobody remembers. */
async function releaseHalfMade(plane: Plane, locations: PlaneLocations, work: Work): Promise<void> {
  for (const location of locations.inUse()) {
    if (location instanceof SharedMachineLocation) await work.step(`look for unused machines of ${location.name}`, (step) => location.releaseUnused(step), { inessential: true });
  }
  for (const [id, data] of plane.documents.all(MACHINE_DOCUMENTS)) {
    const record = machineRecord(data);
    if (record === undefined) continue;
    const isHeld = record.holderId === undefined ? plane.knows(record.entityId) : isShared(plane, record.holderId, id);
    const isWanted = record.state === "obtained" && isHeld;
    const location = locations.location(record.locationId);
    if (isWanted || !(location instanceof ProviderLocation)) continue;
    await work.step(`release half-made machine ${id}`, (step) => location.releaseById(id, step), { inessential: true });
  }
  for (const location of locations.inUse()) {
    if (location instanceof ProviderLocation) await work.step(`look for forgotten machines in ${location.name}`, (step) => releaseForgotten(location, step), { inessential: true });
  }
}

async function releaseForgotten(location: ProviderLocation, work: Work): Promise<void> {
  for (const id of await location.forgottenMachines(work)) {
    await work.step(`release forgotten machine ${id}`, (step) => location.releaseById(id, step), { inessential: true });
  }
}

function restoreMachines(machines: ReadonlyMap<string, JsonObject>, locations: PlaneLocations, warn: (what: string, error: unknown) => void): void {
  for (const [id, data] of machines) {
    const record = machineRecord(data);
    const location = locations.location(record?.locationId ?? "");
    if (record === undefined || record.description === null || !(location instanceof ProviderLocation)) continue;
    const { description } = record;
    attempt(() => locations.add(location.machineLocation(id, description)), (error) => warn(`machine ${id}`, error));
  }
}

/** A machine that was obtained just before the end belongs to its entity, so that stopping it gives the machine back. */
function attachMachines(plane: Plane, machines: ReadonlyMap<string, JsonObject>, locations: PlaneLocations): void {
  for (const [id, data] of machines) {
    const record = machineRecord(data);
    const location = locations.location(id);
    if (record?.state === "obtained" && record.holderId === undefined && location !== undefined) plane.entity(record.entityId)?.restoreLocation(location);
  }
  for (const [entityId, locationId] of usersOfShared(plane)) {
    const location = locations.location(locationId);
    if (location !== undefined) plane.entity(entityId)?.restoreLocation(location);
  }
}

function makeEntities(plane: Plane, { entities, isStored }: Restoration, warn: (what: string, error: unknown) => void): { entity: Entity; record: EntityRecord }[] {
  const sorted = parentsFirst([...entities].map(([id, data]) => ({ id, record: recordOf(openedRecord(plane, `entity ${id}`, data)) })).sort((a, b) => a.record.sequence - b.record.sequence));
  const made: { entity: Entity; record: EntityRecord }[] = [];
  for (const { id, record } of sorted) {
    const parent = record.parentId === null ? undefined : plane.entity(record.parentId);
    if (record.parentId !== null && parent === undefined) {
      plane.unrestored.add(id);
      warn(`entity ${record.displayName} (${id})`, "its parent is gone");
      continue;
    }
    attempt(
      () => {
        const entity = entityFromRecord(plane, id, record, parent);
        plane.adopt(entity, { sequence: record.sequence, parameters: record.parameters, initializers: record.initializers }, { isStored });
        made.push({ entity, record });
      },
      (error) => {
        plane.unrestored.add(id);
        warn(`entity ${record.displayName} (${id})`, error);
      },
    );
  }
  return made;
}

/** In the order of their making, but for those that were put below one made later. */
function parentsFirst<T extends { id: string; record: EntityRecord }>(items: readonly T[]): T[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const ordered = new Set<T>();
  const add = (item: T): void => {
    const above: T[] = [];
    for (let each: T | undefined = item; each !== undefined && !ordered.has(each) && !above.includes(each); each = byId.get(each.record.parentId ?? "")) above.push(each);
    for (const each of above.reverse()) ordered.add(each);
  };
  items.forEach(add);
  return [...ordered];
}

function restoreMembers(plane: Plane, group: Entity, record: EntityRecord): void {
  for (const id of record.members) {
    const member = plane.entity(id);
    if (member !== undefined) group.restoreMember(member);
  }
}

function restoreLocations(restored: readonly { entity: Entity; record: EntityRecord }[], locations: PlaneLocations): void {
  for (const { entity, record } of restored) {
    for (const id of record.locations) {
      const location = locations.location(id);
      if (location !== undefined) entity.restoreLocation(location);
    }
  }
}

function attempt(body: () => void, onError: (error: unknown) => void): void {
  try {
    body();
  } catch (error) {
    onError(error);
  }
}
