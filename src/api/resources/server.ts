import { strToU8, zipSync } from "fflate";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { isSecretName } from "../../management/secrets/secret-names.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { sendJson } from "../http/negotiate.ts";
import { waitFor, waitOf } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";

const tags = ["server"];
const anyJson = { 200: z.unknown(), ...failures };

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

/** The server itself: version, health, high availability, shutting down. */
export function addServer(api: Api, context: ApiContext): void {
  const { server, plane } = context;
  const isUp = () => server.isReady && !context.isShuttingDown;
  const states = (): z.infer<typeof HighAvailability> => {
    const now = plane.clock.now();
    return {
      planeId: plane.planeId,
      ownId: context.nodeId,
      masterId: isUp() ? context.nodeId : null,
      nodes: { [context.nodeId]: { nodeId: context.nodeId, nodeUri: null, status: haState(), localTimestamp: now, remoteTimestamp: null, priority: 0 } },
      links: {},
    };
  };
  const haState = () => (context.isShuttingDown ? "TERMINATED" : server.isReady ? "MASTER" : "INITIALIZING");

  const version = z.object({ version: z.string(), buildSha1: z.string(), buildBranch: z.string(), features: z.array(z.record(z.string(), z.unknown())) }).meta({ id: "VersionSummary" });
  api.get("/server/version", { schema: { tags, summary: "Version and build", response: { 200: version, ...failures } } }, async () => ({ ...server.version, features: [] }));

  const flags = { up: isUp, healthy: isUp, shuttingDown: () => context.isShuttingDown };
  for (const [name, value] of Object.entries(flags)) api.get(`/server/${name}`, { schema: { tags, summary: name, response: { 200: z.boolean(), ...failures } } }, async () => value());

  const extended = z
    .object({ up: z.boolean(), shuttingDown: z.boolean(), healthy: z.boolean(), ha: HighAvailability, osgiUp: z.boolean(), "brooklyn.security.sensitive.fields": z.object({ tokens: z.array(z.string()), "plaintext.blocked": z.boolean() }) })
    .meta({ id: "ServerStatus" });
  api.get("/server/up/extended", { schema: { tags, summary: "All about the server's health", response: { 200: extended, ...failures } } }, async () => ({
    up: isUp(),
    shuttingDown: context.isShuttingDown,
    healthy: isUp(),
    ha: states(),
    osgiUp: true,
    "brooklyn.security.sensitive.fields": { tokens: [...server.properties.sensitiveTokens()], "plaintext.blocked": false },
  }));

  api.get("/server/user", { schema: { tags, summary: "Who is signed in, as a JSON string; null when nobody has to", response: anyJson } }, async (request, reply) => sendJson(reply, request.user ?? null));

  api.get("/server/planeid", { schema: { tags, summary: "The management plane's id, as text", response: { 200: z.string(), ...failures } } }, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(plane.planeId));

  api.get("/server/ha/state", { schema: { tags, summary: "This node's state in the plane, as a JSON string", response: anyJson } }, async (_request, reply) => sendJson(reply, haState()));

  api.get("/server/ha/states", { schema: { tags, summary: "All nodes of the plane", response: { 200: HighAvailability, ...failures } } }, async () => states());

  addAlone(api, { states, haState });

  api.get("/server/config/:key", { schema: { tags, summary: "A property of the server, as a JSON string", params: z.object({ key: z.string() }), response: anyJson } }, async ({ params }, reply) => {
    const value = server.properties.get(params.key);
    if (value === undefined) throw new ClockerError("not-found", `Config '${params.key}' not known`);
    if (isSecretName(params.key, server.properties.sensitiveTokens())) throw new ClockerError("forbidden", `Cannot show "${params.key}": it is a secret`);
    return sendJson(reply, value);
  });

  // Their names of 2014.
  api.get("/version", { schema: { tags, summary: "The version, as text", response: { 200: z.string(), ...failures } } }, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(server.version.version));
  api.get("/server/status", { schema: { tags, summary: "This node's state in the plane, as text", response: { 200: z.string(), ...failures } } }, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(haState()));
  api.get("/server/highAvailability", { schema: { tags, summary: "All nodes of the plane", response: { 200: HighAvailability, ...failures } } }, async () => states());

  api.get("/server/ha/metrics", { schema: { tags, summary: "Figures of the plane", response: { 200: z.record(z.string(), z.unknown()), ...failures } } }, async () => ({ state: haState(), entities: plane.entities.size, applications: plane.applications().length }));

  api.get(
    "/server/ha/persist/export",
    { schema: { tags, summary: "All stored state as a zip archive, secrets sealed", querystring: z.object({ origin: z.enum(["AUTO", "LOCAL", "REMOTE"]).default("AUTO") }), response: { 200: z.unknown().describe("The archive"), ...failures } } },
    async (_request, reply) => {
      const files: Record<string, Uint8Array> = {};
      for await (const { kind, id, data } of server.records()) files[`${encodeURIComponent(kind)}/${encodeURIComponent(id)}.json`] = strToU8(JSON.stringify(data));
      return reply.type("application/zip").header("content-disposition", `attachment; filename="clocker-state-${plane.planeId}.zip"`).send(Buffer.from(zipSync(files, { level: 1 })));
    },
  );

  api.post(
    "/server/shutdown",
    {
      config: { body: "values" },
      schema: { tags, summary: "Stop the server; what it manages keeps running unless `stopAppsFirst`", consumes: [...consumes.values], body: ShutDown, response: { 204: z.null(), ...failures } },
    },
    async ({ body }, reply) => {
      const { shutDown } = context;
      if (shutDown === undefined) throw new ClockerError("forbidden", "This server cannot be shut down over HTTP");
      if (body.stopAppsFirst) await destroyAll(context, { within: waitOf(body.shutdownTimeout, 20_000), regardless: body.forceShutdownOnError });
      const delay = body.delayMillis ?? waitOf(body.delayForHttpReturn, 100);
      // After the answer has left.
      plane.clock.after(Math.min(Math.max(delay, 100), 60_000), () => shutDown("a request over HTTP"));
      return reply.code(204).send(null);
    },
  );
}

/** What changes high availability: this is the only node, which is and stays the master. */
function addAlone(api: Api, { states, haState }: { states: () => z.infer<typeof HighAvailability>; haState: () => string }): void {
  let priority = 0;
  api.get("/server/ha/priority", { schema: { tags, summary: "This node's priority", response: { 200: z.int(), ...failures } } }, async () => priority);
  const form = { config: { body: "values" } } as const;
  api.post(
    "/server/ha/priority",
    { ...form, schema: { tags, summary: "Set this node's priority, until the server ends; answers the one before", consumes: [...consumes.values], body: z.object({ priority: z.coerce.number().int() }), response: { 200: z.int(), ...failures } } },
    async ({ body }) => {
      const before = priority;
      priority = body.priority;
      return before;
    },
  );
  api.post(
    "/server/ha/state",
    { ...form, schema: { tags, summary: "Change this node's part in the plane: it is the only one, and can only be MASTER", consumes: [...consumes.values], body: z.object({ mode: z.enum(["DISABLED", "AUTO", "STANDBY", "HOT_STANDBY", "HOT_BACKUP", "MASTER"]) }), response: anyJson } },
    async ({ body }, reply) => {
      if (body.mode !== "MASTER" && body.mode !== "AUTO") throw new ClockerError("invalid-request", `Cannot change to ${body.mode}: this is the only node of the plane`);
      return sendJson(reply, haState());
    },
  );
  api.post("/server/ha/states/clear", { schema: { tags, summary: "Forget nodes that are gone", response: { 200: HighAvailability, ...failures } } }, async () => states());
  api.post("/server/ha/states/clear/node", { ...form, schema: { tags, summary: "Forget a node that is gone", consumes: [...consumes.values], body: z.object({ nodeId: z.string() }), response: { 200: HighAvailability, ...failures } } }, async ({ body }) => {
    if (states().nodes[body.nodeId] !== undefined) throw new ClockerError("invalid-request", `Cannot forget node '${body.nodeId}': it is this one`);
    return states();
  });
}

const yes = z.union([z.boolean(), z.stringbool()]).default(false);
const ShutDown = z
  .object({
    stopAppsFirst: yes,
    forceShutdownOnError: yes.describe("End also when applications could not be stopped"),
    shutdownTimeout: z.string().default("20s").describe("How long stopping the applications may take; 0 is without end"),
    requestTimeout: z.string().optional().describe("Taken and not used: the answer comes when the applications have stopped"),
    delayForHttpReturn: z.string().optional(),
    delayMillis: z.coerce.number().min(0).optional(),
  })
  .meta({ id: "ShutdownRequest" });

async function destroyAll({ plane, server }: ApiContext, { within, regardless }: { within: number; regardless: boolean }): Promise<void> {
  const submitted = plane.applications().map((application) => server.applications.destroy(application));
  const ended = await Promise.all(submitted.map(({ task }) => waitFor(task, within === 0 ? Infinity : within, plane.clock)));
  if (regardless || (ended.every(Boolean) && submitted.every(({ task }) => task.error === undefined))) return;
  const failed = submitted.find(({ task }) => task.error !== undefined);
  throw new ClockerError("invalid-request", "Cannot shut down: not all applications could be stopped", { cause: failed?.task.error, remedy: "Stop them first, or set forceShutdownOnError" });
}
