import type { FastifyReply, FastifyRequest } from "fastify";
import type { Api } from "../api-context.ts";
import type { AccessRules } from "./access-rules.ts";
import { type CorsRules, isAllowedOrigin } from "./cors-rules.ts";

const METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

/** Lets pages of allowed other sites use the API. Register before what asks callers to sign in: a browser asks first without a password. */
export function letOtherSitesIn(api: Api, rules: AccessRules): void {
  api.addHook("onRequest", async (request, reply) => {
    const { cors } = rules;
    const { origin } = request.headers;
    if (cors === undefined || origin === undefined || request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return;
    return answerPreflight(cors, origin, request, reply);
  });
  api.addHook("onSend", async (request, reply, payload) => {
    const { cors } = rules;
    const { origin } = request.headers;
    if (cors === undefined || origin === undefined) return payload;
    void reply.header("vary", "Origin");
    if (request.method === "OPTIONS" || !isAllowedOrigin(cors, origin) || (cors.blockIfUnauthorized && reply.statusCode === 401)) return payload;
    allow(cors, origin, reply);
    if (cors.exposed.length > 0) void reply.header("access-control-expose-headers", cors.exposed.join(", "));
    return payload;
  });
}

function answerPreflight(cors: CorsRules, origin: string, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = (headers["access-control-request-headers"] ?? "").split(",").map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
  const areAllowed = cors.headers.size === 0 || asked.every((name) => cors.headers.has(name));
  if (!isAllowedOrigin(cors, origin) || !areAllowed) return reply.code(cors.refusedStatus).send();
  allow(cors, origin, reply);
  void reply.header("access-control-allow-methods", METHODS);
  if (asked.length > 0) void reply.header("access-control-allow-headers", asked.join(", "));
  if (cors.maxAge !== undefined) void reply.header("access-control-max-age", cors.maxAge);
  return reply.code(200).send();
}

/** With credentials a browser takes only its own origin for an answer, never `*`. */
function allow(cors: CorsRules, origin: string, reply: FastifyReply): void {
  void reply.header("access-control-allow-origin", cors.origins.size === 0 && !cors.credentials ? "*" : origin);
  if (cors.credentials) void reply.header("access-control-allow-credentials", "true");
}
