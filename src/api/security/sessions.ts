import { randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Properties } from "../../management/properties/properties.ts";
import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { isReading } from "../http/reply-headers.ts";
import type { Caller } from "./users.ts";

/** A browser that has signed in: known by a cookie from then on. */
export interface Session {
  readonly id: string;
  readonly caller: Caller | undefined;
  readonly csrf: string;
  readonly createdAt: number;
  usedAt: number;
  /** Which requests must carry the token, as the client asked for it. */
  guarded: Guarded;
}
type Guarded = "all" | "write" | "none";

const COOKIE = "CLOCKER_SESSION";
const TOKEN_COOKIES = ["CSRF-TOKEN", "XSRF-TOKEN"] as const;
const TOKEN_HEADERS = ["x-csrf-token", "x-xsrf-token"] as const;
const GUARD_HEADER = "x-csrf-token-required-for-requests";
const MOST = 10_000;
const HOUR = 3_600_000;

/** Sessions with their CSRF tokens, in memory: they end with the server, by time, or by signing out (reference, 1.3). */
export class Sessions {
  readonly #clock: Pick<Clock, "now">;
  #idle = HOUR;
  #age = 24 * HOUR;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Pick<Clock, "now">, properties: Pick<Properties, "get">) {
    this.#clock = clock;
    this.restart(properties);
  }

  /** Ends all sessions: everybody signs in again, as the properties say now. */
  restart(properties: Pick<Properties, "get">): void {
    this.#sessions.clear();
    this.#idle = seconds(properties.get("org.apache.brooklyn.server.maxInactiveInterval")) ?? HOUR;
    this.#age = seconds(properties.get("org.apache.brooklyn.server.maxSessionAge")) ?? 24 * HOUR;
  }

  /** The session whose cookie a request has. */
  of(request: FastifyRequest): Session | undefined {
    const id = cookieOf(request, COOKIE);
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (session === undefined) return undefined;
    const now = this.#clock.now();
    if (now - session.usedAt > this.#idle || now - session.createdAt > this.#age) {
      this.#sessions.delete(session.id);
      return undefined;
    }
    session.usedAt = now;
    return session;
  }

  /** Whether a request asks for a session: only these get one, so that other clients stay without state. */
  isWanted(request: FastifyRequest): boolean {
    return /^\/v1\/server\/(up\/extended|user)\b/.test(request.url) || [GUARD_HEADER, ...TOKEN_HEADERS].some((name) => request.headers[name] !== undefined);
  }

  begin(request: FastifyRequest, reply: FastifyReply, caller: Caller | undefined): Session {
    const now = this.#clock.now();
    const session: Session = { id: randomBytes(32).toString("base64url"), caller, csrf: randomBytes(24).toString("base64url"), createdAt: now, usedAt: now, guarded: guardOf(request) ?? "none" };
    this.#sessions.set(session.id, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST) break;
      this.#sessions.delete(oldest);
    }
    const common = `Path=/; SameSite=Strict${request.protocol === "https" ? "; Secure" : ""}`;
    void reply.header("set-cookie", [`${COOKIE}=${session.id}; HttpOnly; ${common}`, ...TOKEN_COOKIES.map((name) => `${name}=${session.csrf}; ${common}`)]);
    return session;
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    const session = this.of(request);
    if (session === undefined) return;
    this.#sessions.delete(session.id);
    void reply.header("set-cookie", [COOKIE, ...TOKEN_COOKIES].map((name) => `${name}=; Path=/; Max-Age=0`));
  }
}

/**
 * Refuses a request of a session whose client asked for tokens and that has none, as one from another site would.
 * @throws ClockerError `forbidden`; `invalid-request` for a value of the header that is not known
 */
export function checkToken(session: Session, request: FastifyRequest): void {
  session.guarded = guardOf(request) ?? session.guarded;
  if (session.guarded === "none" || (session.guarded === "write" && isReading(request.method))) return;
  const given = TOKEN_HEADERS.map((name) => request.headers[name]).find((value) => typeof value === "string");
  if (typeof given === "string" && equal(given, session.csrf)) return;
  throw new ClockerError("forbidden", `${given === undefined ? "No" : "Invalid"} CSRF token: the header X-Csrf-Token must be the value of the cookie CSRF-TOKEN`);
}

function guardOf(request: FastifyRequest): Guarded | undefined {
  const value = request.headers[GUARD_HEADER];
  if (value === undefined) return undefined;
  if (value === "all" || value === "write" || value === "none") return value;
  throw new ClockerError("invalid-request", "The header X-Csrf-Token-Required-For-Requests must be all, write or none");
}

function cookieOf({ headers }: FastifyRequest, name: string): string | undefined {
  const found = headers.cookie?.split(";").map((each) => each.trim()).find((each) => each.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Seconds, or a duration such as `30m`, in milliseconds. */
function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : types.duration.coerce(text);
}
