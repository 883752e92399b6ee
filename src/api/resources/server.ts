import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { isSecretName } from "../../management/secrets/secret-names.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { sendJson } from "../http/negotiate.ts";
import { waitFor, waitOf } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";
import { addHighAvailability, HighAvailability, OnlyNode } from "./high-availability.ts";

const tags = ["server"];
const anyJson = { 200: z.unknown(), ...failures };
const Version = z.object({ version: z.string(), buildSha1: z.string(), buildBranch: z.string(), features: z.array(z.record(z.string(), z.unknown())) }).meta({ id: "VersionSummary" });
const Extended = z
  .object({ up: z.boolean(), shuttingDown: z.boolean(), healthy: z.boolean(), ha: HighAvailability, osgiUp: z.boolean(), "brooklyn.security.sensitive.fields": z.object({ tokens: z.array(z.string()), "plaintext.blocked": z.boolean() }) })
  .meta({ id: "ServerStatus" });

/** The server itself: version, health, properties, high availability, shutting down. */
export function addServer(api: Api, context: ApiContext): void {
  const { server, plane } = context;
  const node = new OnlyNode(context);
  const isUp = () => server.isReady && !context.isShuttingDown;
  const text = { 200: z.string(), ...failures };

  api.get("/server/version", { schema: { tags, summary: "Version and build", response: { 200: Version, ...failures } } }, async () => ({ ...server.version, features: [] }));

  const flags = { up: isUp, healthy: isUp, shuttingDown: () => context.isShuttingDown };
  for (const [name, value] of Object.entries(flags)) api.get(`/server/${name}`, { schema: { tags, summary: name, response: { 200: z.boolean(), ...failures } } }, async () => value());

  api.get("/server/up/extended", { schema: { tags, summary: "All about the server's health", response: { 200: Extended, ...failures } } }, async () => ({
    up: isUp(),
    shuttingDown: context.isShuttingDown,
    healthy: isUp(),
    ha: node.states,
    osgiUp: true,
    "brooklyn.security.sensitive.fields": { tokens: [...server.properties.sensitiveTokens()], "plaintext.blocked": server.properties.get("brooklyn.security.sensitive.fields.plaintext.blocked") === "true" },
  }));

  api.get("/server/user", { schema: { tags, summary: "Who is signed in, as a JSON string; 204 when nobody has to", response: { 200: z.string(), 204: z.null(), ...failures } } }, async (request, reply) => (request.user === undefined ? reply.code(204).send(null) : sendJson(reply, request.user)));

  api.get("/server/planeid", { schema: { tags, produces: ["text/plain"], summary: "The management plane's id, as text", response: text } }, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(plane.planeId));

  api.get("/server/config/:key", { schema: { tags, summary: "A property of the server, as a JSON string; 204 when it is not set", params: z.object({ key: z.string() }), response: { ...anyJson, 204: z.null() } } }, async ({ params }, reply) => {
    const value = server.properties.get(params.key);
    if (value === undefined) return reply.code(204).send(null);
    if (isSecretName(params.key, server.properties.sensitiveTokens())) throw new ClockerError("forbidden", `Cannot show "${params.key}": it is a secret`);
    return sendJson(reply, value);
  });

  addHighAvailability(api, context, node);
  addReload(api, context);
  addShutDown(api, context);

  // Their names of 2014.
  api.get("/version", { schema: { tags, produces: ["text/plain"], summary: "The version, as text", response: text } }, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(server.version.version));
  api.get("/server/status", { schema: { tags, produces: ["text/plain"], summary: "This node's state in the plane, as text", response: text } }, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(node.state));
  api.get("/server/highAvailability", { schema: { tags, summary: "All nodes of the plane", response: { 200: HighAvailability, ...failures } } }, async () => node.states);
}

function addReload(api: Api, { server, rules, sessions }: ApiContext): void {
  api.post(
    "/server/properties/reload",
    { schema: { tags, summary: "Read the properties file again: users, roles, locations, external config. Everybody has to sign in again", response: { 204: z.null(), ...failures } } },
    async (_request, reply) => {
      await server.reloadProperties((fresh) => rules.prepare(fresh));
      rules.apply();
      sessions.restart(server.properties);
      return reply.code(204).send(null);
    },
  );
}

function addShutDown(api: Api, context: ApiContext): void {
  api.post(
    "/server/shutdown",
    {
      config: { body: "values" },
      schema: { tags, summary: "Stop the server; what it manages keeps running unless `stopAppsFirst`", consumes: [...consumes.values], body: ShutDown, response: { 204: z.null(), ...failures } },
    },
    async ({ body }, reply) => {
      const { shutDown, plane } = context;
      if (shutDown === undefined) throw new ClockerError("forbidden", "This server cannot be shut down over HTTP");
      const [within, answerWithin] = [waitOf(body.shutdownTimeout, STOPPING), waitOf(body.requestTimeout, STOPPING)];
      const delay = body.delayMillis ?? waitOf(body.delayForHttpReturn, 100);
      const { task, result } = plane.submit(undefined, "Shut down", async () => {
        if (body.stopAppsFirst) await destroyAll(context, { within, regardless: body.forceShutdownOnError });
        // After the answer has left.
        plane.clock.after(Math.min(Math.max(delay, 100), 60_000), () => shutDown("a request over HTTP"));
      });
      // Of two times that are the same the one of the applications counts, as in Brooklyn. What goes on after the answer is told by the task.
      const isAnswered = await waitFor(task, answerWithin === 0 || answerWithin === within ? Infinity : answerWithin, plane.clock);
      if (isAnswered) await result;
      return reply.code(204).send(null);
    },
  );
}

const STOPPING = 20_000;
const yes = z.union([z.boolean(), z.stringbool()]).default(false);
const ShutDown = z
  .object({
    stopAppsFirst: yes,
    forceShutdownOnError: yes.describe("End also when applications could not be stopped"),
    shutdownTimeout: z.string().default("20s").describe("How long stopping the applications may take; 0 is without end"),
    requestTimeout: z.string().default("20s").describe("How long the answer may wait for that; 0 is without end"),
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
