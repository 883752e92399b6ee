import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { isSecretName } from "../../management/secrets/secret-names.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { sendJson } from "../http/negotiate.ts";
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

  api.get("/server/ha/priority", { schema: { tags, summary: "This node's priority", response: { 200: z.int(), ...failures } } }, async () => 0);

  api.get("/server/config/:key", { schema: { tags, summary: "A property of the server, as a JSON string", params: z.object({ key: z.string() }), response: anyJson } }, async ({ params }, reply) => {
    const value = server.properties.get(params.key);
    if (value === undefined) throw new ClockerError("not-found", `Config '${params.key}' not known`);
    if (isSecretName(params.key, server.properties.sensitiveTokens())) throw new ClockerError("forbidden", `Cannot show "${params.key}": it is a secret`);
    return sendJson(reply, value);
  });

  api.post(
    "/server/shutdown",
    {
      config: { body: "values" },
      schema: { tags, summary: "Stop the server; what it manages keeps running", consumes: [...consumes.values], body: z.record(z.string(), z.unknown()), response: { 204: z.null(), ...failures } },
    },
    async ({ body }, reply) => {
      const { shutDown } = context;
      if (shutDown === undefined) throw new ClockerError("forbidden", "This server cannot be shut down over HTTP");
      if (body["stopAppsFirst"] === "true" || body["stopAppsFirst"] === true) await destroyAll(context);
      // After the answer has left.
      plane.clock.after(100, () => shutDown("a request over HTTP"));
      return reply.code(204).send(null);
    },
  );
}

async function destroyAll({ plane, server }: ApiContext): Promise<void> {
  const outcomes = await Promise.allSettled(plane.applications().map((application) => server.applications.destroy(application).result));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw new ClockerError("invalid-request", "Cannot shut down: not all applications could be stopped", { cause: failed.reason });
}
