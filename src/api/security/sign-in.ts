import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../model/clock.ts";
import type { Api } from "../api-context.ts";
import { checkToken, type Sessions } from "./sessions.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import type { Gate } from "./users.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is signed in; undefined where nobody has to. */
    user: string | undefined;
  }
}

/** Asks for name and password (Basic), where users are configured, with every request that has no session (reference, 1.2 and 1.3). */
export function requireSignIn(api: Api, gate: Gate, clock: Clock, sessions: Sessions): void {
  api.decorateRequest("user", undefined);
  if (gate.kind === "users") signIn(api, gate, clock, sessions);
  api.addHook("onRequest", async (request, reply) => {
    const session = sessions.of(request);
    if (session !== undefined && session.user === request.user) return checkToken(session, request);
    if (sessions.isWanted(request)) sessions.begin(request, reply, request.user);
  });
}

function signIn(api: Api, gate: Extract<Gate, { kind: "users" }>, clock: Clock, sessions: Sessions): void {
  const limit = new SignInLimit(clock);
  api.addHook("onRequest", async (request, reply) => {
    const pause = limit.pause(request.ip);
    if (pause > 0) return reply.code(429).header("retry-after", Math.ceil(pause / 1_000)).type("text/plain").send("Too many failed attempts to sign in");
    const given = credentialsOf(request.headers.authorization);
    const known = given === undefined ? sessions.of(request)?.user : undefined;
    if (known !== undefined) {
      request.user = known;
      return;
    }
    if (given === undefined) return refuse(reply, "Authorization required");
    // Brooklyn's web pages sign in as this user to make the browser forget the password.
    const isLogout = given.user === "logout" && given.password === "logout";
    if (!isLogout && gate.accepts(given.user, given.password)) {
      limit.succeeded(request.ip);
      request.user = given.user;
      return;
    }
    if (!isLogout) limit.failed(request.ip);
    return refuse(reply, "Authentication failed");
  });
}

function refuse(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(401).header("www-authenticate", 'BASIC realm="brooklyn"').type("text/plain").send(message);
}

function credentialsOf(header: FastifyRequest["headers"]["authorization"]): { user: string; password: string } | undefined {
  const encoded = /^basic\s+([a-z0-9+/]+=*)\s*$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
