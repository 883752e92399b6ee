import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { StoredRecord } from "../../management/store/store.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { showDuration, types } from "../../model/types/index.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { Bytes, consumes } from "../http/bodies.ts";
import { sendJson } from "../http/negotiate.ts";
import { failures } from "../shapes/api-error.ts";

const tags = ["server"];
/** Bytes of the largest archive of state. */
const STATE_LIMIT = 128 * 1024 * 1024;
const anyJson = { 200: z.unknown(), ...failures };
const modes = ["DISABLED", "AUTO", "STANDBY", "HOT_STANDBY", "HOT_BACKUP", "MASTER"] as const;

export const HighAvailability = z
  .object({
    planeId: z.string(),
    ownId: z.string(),
    masterId: z.string().nullable(),
    nodes: z.record(
      z.string(),
      z.object({ nodeId: z.string(), nodeUri: z.string().nullable(), status: z.string(), localTimestamp: z.int(), remoteTimestamp: z.int().nullable(), priority: z.int() }),
    ),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: "HighAvailabilitySummary" });
export type HighAvailability = z.infer<typeof HighAvailability>;

/** The part that this node has in the plane: the only one there is, and so its master. */
export class OnlyNode {
  readonly #context: ApiContext;
  readonly startedAt: number;
  readonly #history: { timestamp: number; state: string }[] = [];
  priority = 0;

  constructor(context: ApiContext) {
    this.#context = context;
    this.startedAt = Math.round(context.plane.clock.now());
  }

  get state(): string {
    const { isShuttingDown, server, plane } = this.#context;
    const state = isShuttingDown ? "TERMINATED" : server.isReady ? "MASTER" : "INITIALIZING";
    if (this.#history.at(-1)?.state !== state) this.#history.push({ timestamp: Math.round(plane.clock.now()), state });
    return state;
  }

  get states(): HighAvailability {
    const { plane, nodeId } = this.#context;
    const { state } = this;
    const node = { nodeId, nodeUri: null, status: state, localTimestamp: Math.round(plane.clock.now()), remoteTimestamp: null, priority: this.priority };
    return { planeId: plane.planeId, ownId: nodeId, masterId: state === "MASTER" ? nodeId : null, nodes: { [nodeId]: node }, links: {} };
  }

  /** Brooklyn's figures, and how much there is. */
  get metrics(): Record<string, unknown> {
    const { plane, server } = this.#context;
    const now = Math.round(plane.clock.now());
    const { state } = this;
    const period = (name: string, absent: number) => types.duration.coerce(server.properties.get(name) ?? absent);
    const highAvailability = { priority: this.priority, pollPeriod: period("brooklyn.ha.pollPeriod", 1_000), heartbeatTimeout: period("brooklyn.ha.heartbeatTimeout", 30_000), history: this.#history };
    return { state, uptime: showDuration(now - this.startedAt), currentTimeUtc: now, startTimeUtc: this.startedAt, highAvailability, entities: plane.entities.size, applications: plane.applications().length };
  }
}

/** High availability: one node, the master; its priority, its figures, its state as an archive. */
export function addHighAvailability(api: Api, context: ApiContext, node: OnlyNode): void {
  const { server, plane } = context;
  api.get("/server/ha/state", { schema: { tags, summary: "This node's state in the plane, as a JSON string", response: anyJson } }, async (_request, reply) => sendJson(reply, node.state));
  api.get("/server/ha/states", { schema: { tags, summary: "All nodes of the plane", response: { 200: HighAvailability, ...failures } } }, async () => node.states);
  api.get("/server/ha/metrics", { schema: { tags, summary: "Figures of the plane", response: { 200: z.record(z.string(), z.unknown()), ...failures } } }, async () => node.metrics);
  api.get("/server/ha/priority", { schema: { tags, summary: "This node's priority", response: { 200: z.int(), ...failures } } }, async () => node.priority);
  addChanges(api, node);
  addImport(api, context);

  api.get(
    "/server/ha/persist/export",
    { schema: { tags, produces: ["application/zip"], summary: "All stored state as a zip archive, secrets sealed", querystring: z.object({ origin: z.enum(["AUTO", "LOCAL", "REMOTE"]).default("AUTO") }), response: { 200: z.unknown().describe("The archive"), ...failures } } },
    async (_request, reply) => {
      const files: Record<string, Uint8Array> = {};
      for await (const { kind, id, data } of server.records()) files[`${encodeURIComponent(kind)}/${encodeURIComponent(id)}.json`] = strToU8(JSON.stringify(data));
      return reply.type("application/zip").header("content-disposition", `attachment; filename="clocker-state-${plane.planeId}.zip"`).send(Buffer.from(zipSync(files, { level: 1 })));
    },
  );
}

const ImportResult = z
  .object({ applications: z.array(z.string()).describe("Ids"), bundles: z.array(z.string()).describe("name:version"), skipped: z.array(z.string()).describe("Applications and bundles that are here already") })
  .meta({ id: "ImportResult" });

function addImport(api: Api, { server }: ApiContext): void {
  api.post(
    "/server/ha/persist/import",
    {
      bodyLimit: STATE_LIMIT,
      config: { body: "bytes" },
      schema: { tags, summary: "Bring the bundles and applications of an exported archive under management, beside what is here", consumes: ["application/zip", "application/octet-stream", "multipart/form-data"], body: Bytes, response: { 200: ImportResult, ...failures } },
    },
    async ({ body }) => {
      const { applications, bundles, skipped } = await server.importState(recordsIn(body));
      return { applications: [...applications], bundles: [...bundles], skipped: [...skipped] };
    },
  );
}

/** The records of an archive that `/export` made. @throws ClockerError `invalid-request` for anything else */
function recordsIn(archive: Uint8Array): StoredRecord[] {
  const files = unzipped(archive);
  return Object.entries(files).flatMap(([name, content]) => {
    const [, kind, id] = /^([^/]+)\/([^/]+)\.json$/.exec(name) ?? [];
    if (kind === undefined || id === undefined) throw new ClockerError("invalid-request", `Cannot import the archive: it holds "${name.slice(0, 100)}", which no export of Clocker has`, { remedy: "Send the archive that GET /v1/server/ha/persist/export gave" });
    return [{ kind: decodeURIComponent(kind), id: decodeURIComponent(id), data: dataIn(name, content) }];
  });
}

function unzipped(archive: Uint8Array): Record<string, Uint8Array> {
  let size = 0;
  try {
    return unzipSync(archive, {
      filter: ({ originalSize }) => {
        size += originalSize;
        if (size > 16 * STATE_LIMIT) throw new ClockerError("invalid-request", "Cannot import the archive: it holds too much");
        return true;
      },
    });
  } catch (cause) {
    throw cause instanceof ClockerError ? cause : new ClockerError("invalid-request", "Cannot import the state: it is no zip archive", { cause, remedy: "Send the archive that GET /v1/server/ha/persist/export gave" });
  }
}

function dataIn(name: string, content: Uint8Array): JsonObject {
  const value = jsonIn(strFromU8(content));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ClockerError("invalid-request", `Cannot import the archive: "${name}" is no record`);
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function addChanges(api: Api, node: OnlyNode): void {
  const form = { config: { body: "values" } } as const;
  api.post(
    "/server/ha/priority",
    { ...form, schema: { tags, summary: "Set this node's priority, until the server ends; answers the one before", consumes: [...consumes.values], body: z.object({ priority: z.coerce.number().int() }), response: { 200: z.int(), ...failures } } },
    async ({ body }) => {
      const before = node.priority;
      node.priority = body.priority;
      return before;
    },
  );
  api.post(
    "/server/ha/state",
    { ...form, schema: { tags, summary: "Change this node's part in the plane; it is the only one, and can only be MASTER. Answers the part before", consumes: [...consumes.values], body: z.object({ mode: z.enum(modes) }), response: anyJson } },
    async ({ body }, reply) => {
      if (body.mode !== "MASTER" && body.mode !== "AUTO") throw new ClockerError("invalid-request", `Cannot change to ${body.mode}: this is the only node of the plane`);
      return sendJson(reply, node.state);
    },
  );
  api.post("/server/ha/states/clear", { schema: { tags, summary: "Forget nodes that are gone", response: { 200: HighAvailability, ...failures } } }, async () => node.states);
  api.post("/server/ha/states/clear/node", { ...form, schema: { tags, summary: "Forget a node that is gone", consumes: [...consumes.values], body: z.object({ nodeId: z.string() }), response: { 200: HighAvailability, ...failures } } }, async ({ body }) => {
    if (node.states.nodes[body.nodeId] !== undefined) throw new ClockerError("invalid-request", `Cannot forget node '${body.nodeId}': it is this one`);
    return node.states;
  });
}
