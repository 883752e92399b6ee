import { CONTAINER_ID, CONTAINER_OF } from "../../docker/keys.ts";
import { containerOf, machineLocationOf } from "../../docker/machine-of.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { RUN_DIR } from "../../software/process/sensors.ts";
import { SERVICE_UP } from "../../software/stock/attributes.ts";
import type { Plane } from "../plane.ts";
import { readContainerLog } from "./container-log.ts";
import { listLogFiles, logPatterns, readFileLogs } from "./file-log.ts";
import type { LogOptions, TakeLine } from "./log-line.ts";
import { readTaskLogs } from "./task-log.ts";

/** Sources that are read for one reader. */
const MOST_SOURCES = 100;

interface Source {
  /** The same for the same container or the same files, whichever entity they were found by. */
  readonly key: string;
  readonly read: (options: LogOptions, take: TakeLine, signal: AbortSignal) => Promise<void>;
}

/**
 * Reads the logs of an entity and all below it, members of groups included: of containers what their main process writes, of software on a machine its log
 * files, and where there are neither what the commands that launched it wrote. With `follow` entities that come later are read as well, until the signal
 * aborts or the entity is removed. A source that fails says so in a line, and the others go on.
 */
export async function readEntityLogs(plane: Plane, entity: Entity, options: LogOptions, take: TakeLine, signal: AbortSignal): Promise<void> {
  const known = new Set<string>();
  const begin = async (candidate: Entity, how: LogOptions): Promise<void> => {
    const fresh = (await sourcesOf(plane, candidate, take, signal)).filter(({ key }) => !known.has(key)).slice(0, MOST_SOURCES - known.size);
    for (const { key } of fresh) known.add(key);
    if (fresh.length > 0 && known.size === MOST_SOURCES) await take({ entity, source: "", stream: "notice", text: `There are ${MOST_SOURCES} logs or more: others are left out` });
    if (options.follow) await Promise.all(fresh.map((source) => source.read(how, take, signal)));
    else for (const source of fresh) await source.read(how, take, signal);
  };
  const all = [...new Set(withMembers(entity))];
  if (!options.follow) {
    for (const each of all) await begin(each, options);
    if (known.size === 0) await take({ entity, source: "", stream: "notice", text: `"${entity.displayName}" and what is below it have no logs yet` });
    return;
  }
  await followAll(plane, entity, { all, begin, options, signal });
}

interface Following {
  readonly all: readonly Entity[];
  readonly begin: (entity: Entity, options: LogOptions) => Promise<void>;
  readonly options: LogOptions;
  readonly signal: AbortSignal;
}

/** Reads all at once, and those that get a container or a run folder while they are followed. */
async function followAll(plane: Plane, root: Entity, { all, begin, options, signal }: Following): Promise<void> {
  const over = Promise.withResolvers<void>();
  const fail = (error: unknown): void => (signal.aborted ? over.resolve() : over.reject(error instanceof Error ? error : new Error(String(error))));
  const unsubscribe = plane.events.subscribe((event) => {
    if (event.kind === "entity-removed" && event.entity === root) over.resolve();
    else if (event.kind === "sensor" && NEWS.has(event.name) && belongsTo(root, event.entity)) begin(event.entity, { ...options, tail: undefined }).catch(fail);
  });
  const onAbort = (): void => over.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  for (const each of all) begin(each, options).catch(fail);
  try {
    await over.promise;
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Sensors that tell of a new source. */
const NEWS: ReadonlySet<string> = new Set([CONTAINER_ID.name, CONTAINER_OF.name, RUN_DIR.name, SERVICE_UP.name]);

async function sourcesOf(plane: Plane, entity: Entity, take: TakeLine, signal: AbortSignal): Promise<Source[]> {
  const container = containerOf(entity);
  // One that is being made is heard of when it is there.
  const sources: Source[] = container?.get(CONTAINER_ID) === undefined ? [] : [{ key: `container ${container.id}`, read: (options, to, until) => readContainerLog(container, options, (line) => to({ ...line, entity }), until) }];
  const files = await fileSource(entity, take, signal);
  if (files !== undefined) return [...sources, files];
  if (sources.length > 0) return sources;
  const launched = [...plane.tasks.all()].filter((task) => task.entityId === entity.id && /^launch\b/.test(task.name)).at(-1);
  if (launched === undefined) return [];
  return [{ key: `task ${launched.id}`, read: (options, to, until) => readTaskLogs([launched], { entity, clock: plane.clock, lasting: true }, options, to, until) }];
}

async function fileSource(entity: Entity, take: TakeLine, signal: AbortSignal): Promise<Source | undefined> {
  const location = machineLocationOf(entity);
  const where = logPatterns(entity);
  if (location === undefined || where === undefined) return undefined;
  const { machine } = location;
  const { folder } = where;
  try {
    const files = await listLogFiles(machine, folder, where.patterns, signal);
    if (files.length === 0) return undefined;
    return {
      key: `files ${location.id} ${folder}`,
      read: (options, to, until) => readFileLogs({ entity, machine, folder, files }, options, to, until).catch((error: unknown) => told(entity, error, to, until)),
    };
  } catch (error) {
    await told(entity, error, take, signal);
    return undefined;
  }
}

/** That a machine does not answer is told in the log. */
async function told(entity: Entity, error: unknown, take: TakeLine, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  if (!(error instanceof ClockerError)) throw error;
  await take({ entity, source: "", stream: "notice", text: `Cannot read its log files: ${messageOf(error)}` });
}

function* withMembers(entity: Entity): Generator<Entity> {
  for (const each of entity.descendants()) {
    yield each;
    for (const member of each.members.values()) if (!isBelow(entity, member)) yield* member.descendants();
  }
}

function belongsTo(root: Entity, entity: Entity): boolean {
  if (isBelow(root, entity)) return true;
  for (let each: Entity | undefined = entity; each !== undefined; each = each.parent) if ([...each.groups.values()].some((group) => isBelow(root, group))) return true;
  return false;
}

function isBelow(ancestor: Entity, entity: Entity): boolean {
  for (let each: Entity | undefined = entity; each !== undefined; each = each.parent) if (each === ancestor) return true;
  return false;
}
