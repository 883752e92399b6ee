import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../model/clock.ts";
import type { Api } from "../api-context.ts";
import type { AccessRules } from "./access-rules.ts";
import { checkToken, type Sessions } from "./sessions.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import type { Caller, Gate } from "./users.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is signed in; undefined where nobody has to. */
    user: string | undefined;
    caller: Caller | undefined;
  }
}

/** Asks for name and password (Basic), where users are configured, with every request that has no session (reference, 1.2 and 1.3). */
export function requireSignIn(api: Api, rules: AccessRules, clock: Clock, sessions: Sessions): void {
  const limit = new SignInLimit(clock);
  api.decorateRequest("user", undefined);
  api.decorateRequest("caller", undefined);
  api.addHook("onRequest", async (request, reply) => {
    const { gate } = rules;
    if (gate.kind === "open") return;
    const isFree = rules.isUnauthenticated(pathOf(request));
    // Who comes with a name is known by it, also where nobody has to.
    if (isFree && request.headers.authorization === undefined) {
      rememberCaller(request, sessions.of(request)?.caller);
      return;
    }
    return signIn(gate, { request, reply, rules, sessions, limit });
  });
  api.addHook("onRequest", async (request, reply) => {
    const session = sessions.of(request);
    if (session !== undefined && session.caller?.user === request.user) return checkToken(session, request);
    if (sessions.isWanted(request)) sessions.begin(request, reply, request.caller);
  });
}

interface Knock {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly rules: AccessRules;
  readonly sessions: Sessions;
  readonly limit: SignInLimit;
}

async function signIn(gate: Extract<Gate, { kind: "users" }>, knock: Knock): Promise<FastifyReply | undefined> {
  const { request, reply, sessions, limit } = knock;
  const given = credentialsOf(request.headers.authorization);
  const known = given === undefined ? sessions.of(request)?.caller : undefined;
  if (known !== undefined) {
    rememberCaller(request, known);
    return undefined;
  }
  const pause = limit.pause(request.ip);
  if (pause > 0) return reply.code(429).header("retry-after", Math.ceil(pause / 1_000)).type("text/plain").send("Too many failed attempts to sign in");
  if (given === undefined) return refuse(knock, "Authorization required");
  // Brooklyn's web pages sign in as this user to make the browser forget the password.
  const isLogout = given.user === "logout" && given.password === "logout";
  const caller = isLogout ? undefined : await gate.accepts(given.user, given.password);
  if (caller !== undefined) {
    limit.succeeded(request.ip);
    rememberCaller(request, caller);
    return undefined;
  }
  if (!isLogout) limit.failed(request.ip);
  return refuse(knock, "Authentication failed");
}

function rememberCaller(request: FastifyRequest, caller: Caller | undefined): void {
  request.caller = caller;
  request.user = caller?.user;
}

/** A person who asks for a page is sent to the page that signs in, where there is one; programs get the plain refusal. */
function refuse({ request, reply, rules }: Knock, message: string): FastifyReply {
  const { loginForm } = rules;
  const wantsPage = request.method === "GET" && !request.url.startsWith("/v1/") && (request.headers.accept ?? "").includes("text/html");
  if (loginForm !== undefined && wantsPage) return reply.code(302).header("location", `/${loginForm}/?to=${encodeURIComponent(request.url)}`).send();
  return reply.code(401).header("www-authenticate", 'BASIC realm="brooklyn"').type("text/plain").send(message);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split(/[?#]/, 1)[0] ?? "";
}

function credentialsOf(header: FastifyRequest["headers"]["authorization"]): { user: string; password: string } | undefined {
  const encoded = /^basic\s+([a-z0-9+/]+=*)\s*$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
