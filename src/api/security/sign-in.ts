import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../model/clock.ts";
import type { Api } from "../api-context.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import type { Gate } from "./users.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is signed in; undefined where nobody has to. */
    user: string | undefined;
  }
}

/** Asks for name and password with every request (Basic), where users are configured (reference, 1.2). */
export function requireSignIn(api: Api, gate: Gate, clock: Clock): void {
  api.decorateRequest("user", undefined);
  if (gate.kind === "open") return;
  const limit = new SignInLimit(clock);
  api.addHook("onRequest", async (request, reply) => {
    const pause = limit.pause(request.ip);
    if (pause > 0) return reply.code(429).header("retry-after", Math.ceil(pause / 1_000)).type("text/plain").send("Too many failed attempts to sign in");
    const given = credentialsOf(request.headers.authorization);
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
