import type { Duplex, Readable } from "node:stream";
import { Pool } from "undici";
import type { Dispatcher } from "undici";
import type { z } from "zod";
import { ClockerError } from "../model/errors.ts";
import { orAborted } from "./abort.ts";
import { negotiate } from "./api-version.ts";
import { boundedConnect, type Connect, undiciConnector } from "./connector.ts";
import { checked, failureOfAnswer, failureOfConnection, parseJson } from "./engine-failures.ts";
import { hijack } from "./hijack.ts";
import { Limiter } from "./limiter.ts";

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface EngineRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Without the version, for instance `/containers/json`. */
  path: string;
  /** Completes the sentence "Cannot ...", for instance `start container "web"`. */
  action: string;
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, as a tar. */
  content?: Readable | Buffer;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Statuses ≥ 400 that are no failure for the caller. */
  accept?: readonly number[];
  /** `slow` for what takes the engine seconds or more (start, stop, remove): such requests have connections of their own. */
  pace?: Pace;
  /** Milliseconds that the engine may stay silent before the answer, and between its parts; 0 for as long as it likes. */
  silence?: number;
}

export interface EngineAnswer {
  status: number;
  body: unknown;
}

type Pace = "quick" | "slow";

/** Requests of each pace that run at once; the others wait for their turn. */
const AT_ONCE: Record<Pace, number> = { quick: 6, slow: 16 };
const SILENCE: Record<Pace, number> = { quick: 120_000, slow: 600_000 };

/** Connections for requests of one pace, and whose turn it is. */
interface Lane {
  pool: Pool;
  places: Limiter;
}

/**
 * Requests to one engine over any stream. Four kinds of connection: a small pool for requests that answer at once, another for slow ones,
 * one connection for each long-lived stream (events, logs, builds, archives), and hijacked ones for exec. So none can starve another.
 */
export class EngineTransport {
  readonly engine: string;
  readonly #connect: Connect;
  readonly #lanes: Record<Pace, Lane>;
  readonly #streams: Pool;
  readonly #closed = new AbortController();
  readonly #hijacked = new Set<Duplex>();
  #version: Promise<string> | undefined;

  constructor(engine: string, connect: Connect, connectTimeout: number) {
    this.engine = engine;
    this.#connect = boundedConnect(connect, engine, connectTimeout);
    this.#lanes = { quick: this.#lane("quick"), slow: this.#lane("slow") };
    this.#streams = this.#pool(null, () => undefined);
  }

  /** A request whose whole answer fits in memory; JSON is parsed, an empty body is undefined. */
  async json(request: EngineRequest): Promise<EngineAnswer> {
    const path = await this.#versioned(request);
    return await this.#json(request, path);
  }

  /** A request whose answer is a stream; the caller reads it to its end or destroys it. */
  async stream(request: EngineRequest): Promise<Readable> {
    const path = await this.#versioned(request);
    try {
      const answer = await this.#dispatch(this.#streams, request, path);
      if (answer.statusCode >= 400) throw failureOfAnswer(this.engine, request.action, answer.statusCode, await answer.body.text());
      return answer.body;
    } catch (error) {
      throw this.failure(request, error);
    }
  }

  /** A request that turns its connection into a raw stream (exec, attach). */
  async hijack(request: EngineRequest): Promise<Duplex> {
    const path = await this.#versioned(request);
    const signal = request.signal ? AbortSignal.any([request.signal, this.#closed.signal]) : this.#closed.signal;
    try {
      const connection = await this.#connect(signal);
      const stream = await hijack(connection, { ...request, path, signal, engine: this.engine });
      this.#hijacked.add(stream);
      stream.once("close", () => this.#hijacked.delete(stream));
      return stream;
    } catch (error) {
      throw this.failure(request, error);
    }
  }

  /** What went wrong while a request ran or its answer was read, as a ClockerError. */
  failure(request: Pick<EngineRequest, "action" | "signal">, error: unknown): ClockerError {
    if (error instanceof ClockerError && error.details["engine"] !== undefined) return error;
    return failureOfConnection(this.engine, request.action, error, request.signal);
  }

  async close(): Promise<void> {
    const reason = new ClockerError("unreachable", `The connection to engine "${this.engine}" was closed`);
    if (!this.#closed.signal.aborted) this.#closed.abort(reason);
    const lanes = Object.values(this.#lanes);
    for (const lane of lanes) lane.places.failWaiting(reason);
    for (const stream of this.#hijacked) stream.destroy(reason);
    await Promise.all([...lanes.map((lane) => lane.pool), this.#streams].map((pool) => pool.destroy(reason)));
  }

  #lane(pace: Pace): Lane {
    const places = new Limiter(AT_ONCE[pace]);
    return { places, pool: this.#pool(AT_ONCE[pace], (error) => places.failWaiting(error)) };
  }

  #pool(connections: number | null, onFailure: (error: Error) => void): Pool {
    return new Pool("http://docker", { connections, pipelining: 1, connect: undiciConnector(this.#connect, this.#closed.signal, onFailure) });
  }

  async #versioned(request: EngineRequest): Promise<string> {
    if (this.#closed.signal.aborted) throw this.failure({ action: request.action }, this.#closed.signal.reason);
    this.#version ??= this.#negotiate();
    try {
      const version = await orAborted(this.#version, `${request.action} on engine "${this.engine}"`, request.signal);
      return `/v${version}${request.path}${queryString(request.query)}`;
    } catch (error) {
      // The caller knows of no version: what could not be done is what it asked for.
      const unreachable = error instanceof ClockerError && error.code === "unreachable";
      throw unreachable ? failureOfConnection(this.engine, request.action, error.cause, request.signal) : error;
    }
  }

  async #negotiate(): Promise<string> {
    try {
      const answer = await this.#json({ method: "GET", path: "/version", action: "ask for the API version" }, "/version");
      return negotiate(answer.body, this.engine);
    } catch (error) {
      this.#version = undefined;
      throw error;
    }
  }

  async #json(request: EngineRequest, path: string): Promise<EngineAnswer> {
    const lane = this.#lanes[request.pace ?? "quick"];
    const release = await this.#place(lane, request);
    try {
      const answer = await this.#dispatch(lane.pool, request, path);
      const text = await answer.body.text();
      const refused = answer.statusCode >= 400 && !request.accept?.includes(answer.statusCode);
      if (refused) throw failureOfAnswer(this.engine, request.action, answer.statusCode, text);
      return { status: answer.statusCode, body: parseBody(text, this.engine, request.action) };
    } catch (error) {
      throw this.failure(request, error);
    } finally {
      release();
    }
  }

  async #place(lane: Lane, request: EngineRequest): Promise<() => void> {
    try {
      return await lane.places.acquire(`${request.action} on engine "${this.engine}"`, request.signal);
    } catch (error) {
      throw this.failure(request, error);
    }
  }

  #dispatch(pool: Pool, request: EngineRequest, path: string): Promise<Dispatcher.ResponseData> {
    const silence = request.silence ?? SILENCE[request.pace ?? "quick"];
    const isJson = request.json !== undefined;
    const type = isJson ? { "content-type": "application/json" } : request.content ? { "content-type": "application/x-tar" } : {};
    return pool.request({
      method: request.method,
      path,
      headers: { ...type, ...request.headers },
      body: isJson ? JSON.stringify(request.json) : (request.content ?? null),
      signal: request.signal ?? null,
      headersTimeout: silence,
      bodyTimeout: silence,
    });
  }
}

/** Calls whose answer has a shape: the transport plus validation. */
export async function askFor<S extends z.ZodType>(transport: EngineTransport, schema: S, request: EngineRequest): Promise<z.output<S>> {
  const answer = await transport.json(request);
  return checked(schema, answer.body, transport.engine, request.action);
}

function queryString(query: Query | undefined): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.append(name, String(one));
  }
  const text = pairs.toString();
  return text === "" ? "" : `?${text}`;
}

function parseBody(text: string, engine: string, action: string): unknown {
  return text.trim() === "" ? undefined : parseJson(text, engine, action);
}
