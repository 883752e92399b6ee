import type { Entity } from "../model/entity.ts";
import { ClockerError } from "../model/errors.ts";
import type { JsonObject } from "../model/spec.ts";
import { inParallel } from "../model/work.ts";
import type { CatalogStore } from "./catalog-store.ts";
import { machineRecord, MACHINE_DOCUMENTS } from "./location/provider-location.ts";
import type { PlaneLocations } from "./location/location-registry.ts";
import type { Plane } from "./plane.ts";
import { openedRecord, reconnectTree, restore, type Stored } from "./restore.ts";
import { opened } from "./secrets/sealed-json.ts";
import type { StoredRecord } from "./store/store.ts";

/** What an import brought, and what it left out because it is here already. */
export interface Imported {
  /** Ids of applications. */
  readonly applications: readonly string[];
  /** `name:version` of bundles. */
  readonly bundles: readonly string[];
  readonly skipped: readonly string[];
}

export interface ImportTarget {
  readonly plane: Plane;
  readonly locations: PlaneLocations;
  readonly catalogStore: CatalogStore;
}

const NONE: ReadonlyMap<string, JsonObject> = new Map();
/** Documents that belong to one entity each, by its id. */
const OF_ENTITIES = ["made-from"];

/**
 * Brings what another server stored, or this one earlier, under management beside what is here: bundles, and whole applications with their locations,
 * machines and past tasks. What is here already stays as it is. All is checked before anything changes; durable when it resolves.
 * @throws ClockerError `invalid-value` for secrets that another server's key sealed; `invalid-request` for records that make no sense
 */
export async function importState(records: Iterable<StoredRecord>, target: ImportTarget): Promise<Imported> {
  const { plane, catalogStore } = target;
  const stored = byKind(records);
  checkSecrets(plane, stored);
  const bundles = [...(stored.get("catalog") ?? NONE)].map(([name, data]) => ({ name, content: catalogStore.contentOf(data) }));
  const known = new Set(catalogStore.names());
  for (const { name, content } of bundles) if (!known.has(name)) await catalogStore.check(content);
  const { trees, skipped } = treesOf(plane, stored.get("entity") ?? NONE);
  const added: string[] = [];
  for (const { name, content } of bundles) {
    if (known.has(name)) skipped.push(name);
    else {
      await catalogStore.add(content, { force: true });
      added.push(name);
    }
  }
  const entities = bring(target, stored, trees);
  await plane.documents.flush();
  reach(plane, entities);
  return { applications: entities.filter(({ parent }) => parent === undefined).map(({ id }) => id), bundles: added, skipped };
}

function byKind(records: Iterable<StoredRecord>): Stored {
  const kinds = new Map<string, Map<string, JsonObject>>();
  for (const { kind, id, data } of records) kinds.set(kind, (kinds.get(kind) ?? new Map<string, JsonObject>()).set(id, data));
  return kinds;
}

function checkSecrets({ secrets }: Plane, stored: Stored): void {
  for (const [kind, documents] of stored) {
    for (const data of documents.values()) {
      opened(data, secrets, (cause) => {
        throw new ClockerError("invalid-value", `Cannot open the secrets of the archive's ${kind} records: they were sealed by another server`, { cause, remedy: "Copy the file keys/secrets.key of that server's data directory to this one's before it is started, then import again" });
      });
    }
  }
}

/** Whole applications, none of whose entities is here. */
function treesOf(plane: Plane, entities: ReadonlyMap<string, JsonObject>): { trees: ReadonlySet<string>; skipped: string[] } {
  const children = new Map<string, string[]>();
  const roots: string[] = [];
  for (const [id, data] of entities) {
    const { parentId } = data;
    if (parentId === null) roots.push(id);
    else if (typeof parentId === "string") children.set(parentId, [...(children.get(parentId) ?? []), id]);
    else throw new ClockerError("invalid-request", `Cannot import the entity "${id}": its record says nothing of a parent`);
  }
  const trees = new Set<string>();
  const skipped: string[] = [];
  for (const root of roots) {
    const tree = [root];
    for (const id of tree) tree.push(...(children.get(id) ?? []));
    if (tree.some((id) => plane.knows(id))) skipped.push(root);
    else for (const id of tree) trees.add(id);
  }
  return { trees, skipped };
}

/** Puts the documents and makes the entities, in one synchronous step. */
function bring({ plane, locations }: ImportTarget, stored: Stored, trees: ReadonlySet<string>): Entity[] {
  const of = (kind: string, accepts: (id: string, data: JsonObject) => boolean) => new Map([...(stored.get(kind) ?? NONE)].filter(([id, data]) => accepts(id, data)));
  const put = (kind: string, accepts: (id: string, data: JsonObject) => boolean): ReadonlyMap<string, JsonObject> => {
    const found = new Map([...of(kind, (id, data) => plane.documents.get(kind, id) === undefined && accepts(id, data))].map(([id, data]) => [id, openedRecord(plane, `${kind} ${id}`, data)] as const));
    for (const [id, data] of found) plane.documents.put(kind, id, data);
    return found;
  };
  const isTheirs = (id: string) => trees.has(id);
  const machines = put(MACHINE_DOCUMENTS, (_id, data) => trees.has(machineRecord(data)?.entityId ?? ""));
  const places = put("location", () => trees.size > 0);
  for (const kind of OF_ENTITIES) put(kind, isTheirs);
  const tasks = of("task", (id, data) => typeof data["entityId"] === "string" && trees.has(data["entityId"]) && plane.tasks.task(id) === undefined);
  return restore(plane, locations, { entities: of("entity", isTheirs), sensors: of("sensors", isTheirs), tasks, locations: places, machines, isStored: false });
}

/** Whatever runs is reached again in the background, as after a start of the server. */
function reach(plane: Plane, entities: readonly Entity[]): void {
  const roots = entities.filter(({ parent }) => parent === undefined);
  if (roots.length === 0) return;
  plane.submit(undefined, "Import", (work) => inParallel(roots, (root) => reconnectTree(plane, root, work)), { description: "Reaching what runs of the imported applications" });
}
