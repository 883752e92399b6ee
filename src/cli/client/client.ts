import { readFileSync } from "node:fs";
import { Agent, fetch as fetchOver } from "undici";
import type { z } from "zod";
import { ApiError } from "../../api/shapes/api-error.ts";
import { CliError, exitCodeOf, exitCodes } from "../exit-codes.ts";

export interface ServerAddress {
  /** `http://127.0.0.1:8081`. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Sent as `Authorization: Bearer` in place of user and password. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Takes any certificate. */
  readonly insecure?: boolean | undefined;
  /** A file with a certificate to trust. */
  readonly ca?: string | undefined;
  /** The context that it is of. */
  readonly context?: string | undefined;
  readonly protected?: boolean | undefined;
}

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly contentType?: string;
  readonly accept?: string;
  /** Milliseconds to wait for the answer. */
  readonly timeout?: number;
  /** Changes nothing although it is no GET: needs no confirmation. */
  readonly isReading?: boolean;
}

/** Milliseconds that an answer may take. */
const TIMEOUT = 60_000;

/** A server's HTTP API. Every failure is a CliError with the exit code that fits. */
export class Client {
  readonly address: ServerAddress;
  readonly #signal: AbortSignal;
  readonly #guard: (() => Promise<void>) | undefined;
  #agent: Agent | undefined;

  /** @param guard waited for before anything is changed; it throws where that is not wanted */
  constructor(address: ServerAddress, signal: AbortSignal, guard?: () => Promise<void>) {
    this.address = address;
    this.#signal = signal;
    this.#guard = guard;
  }

  get url(): string {
    return this.address.url;
  }

  /** The headers that sign in. */
  get credentials(): Record<string, string> {
    const { user, password, token, headers } = this.address;
    const authorization = token !== undefined ? `Bearer ${token}` : user !== undefined ? `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` : undefined;
    return { ...headers, ...(authorization === undefined ? {} : { authorization }) };
  }

  /** Asks where changes need a yes. */
  async confirmChange(): Promise<void> {
    await this.#guard?.();
  }

  /** JSON, checked against its shape. */
  async json<T>(shape: z.ZodType<T>, path: string, request: Request = {}): Promise<T> {
    const text = await this.text(path, { accept: "application/json", ...request });
    const parsed = shape.safeParse(parse(text, path));
    if (parsed.success) return parsed.data;
    throw new CliError(exitCodes.failed, `The server at ${this.url} answered ${path} with something else than expected: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`, {
      remedy: "Use the command line of the server's version",
    });
  }

  async text(path: string, request: Request = {}): Promise<string> {
    const response = await this.fetch(path, request);
    return response.text();
  }

  /** The raw answer, for streams. */
  async fetch(path: string, request: Request = {}): Promise<Response> {
    const { method = "GET" } = request;
    if (method !== "GET" && request.isReading !== true) await this.confirmChange();
    const url = new URL(path, this.url);
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers = new Headers({ ...this.credentials, accept: request.accept ?? "application/json, text/plain" });
    if (request.contentType !== undefined) headers.set("content-type", request.contentType);
    const timeout = request.timeout ?? TIMEOUT;
    const signal = timeout === Infinity ? this.#signal : AbortSignal.any([this.#signal, AbortSignal.timeout(timeout)]);
    const response = await this.#send(url, { method, headers, signal, ...(request.body === undefined ? {} : { body: request.body }) });
    if (!response.ok) throw await this.refusal(response);
    return response;
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init);
    } catch (error) {
      if (this.#signal.aborted) throw new CliError(exitCodes.interrupted, "Interrupted", { cause: error });
      const isLate = error instanceof Error && error.name === "TimeoutError";
      throw isLate ? new CliError(exitCodes.unreachable, `The server at ${this.url} does not answer`, { cause: error }) : this.unreachable(error);
    }
  }

  /** That nothing answers, with what to do. */
  unreachable(error: unknown): CliError {
    const reason = reasonOf(error);
    const remedy = /certificate|self.signed|unable to verify/i.test(reason) ? "Trust its certificate with: clocker context add NAME URL --ca FILE" : "Start one with clocker launch, or name another with --server URL, --context NAME or CLOCKER_URL";
    return new CliError(exitCodes.unreachable, `Cannot reach the server at ${this.url}: ${reason}`, { remedy, cause: error });
  }

  /** Node's own fetch, but for servers whose certificate needs a word from the user. */
  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const { insecure, ca } = this.address;
    if (insecure !== true && ca === undefined) return fetch(url, init);
    this.#agent ??= new Agent({ connect: this.tls });
    const { body, headers, method, signal } = init;
    const options: Parameters<typeof fetchOver>[1] = { dispatcher: this.#agent, method: method ?? "GET", headers: Object.fromEntries(new Headers(headers)), signal: signal ?? null, body: typeof body === "string" || body instanceof Uint8Array ? body : null };
    const { status, body: stream, headers: answered } = await fetchOver(url, options);
    return new Response(status === 204 ? null : (stream as ReadableStream<Uint8Array<ArrayBuffer>> | null), { status, headers: Object.fromEntries(answered) });
  }

  /** What its certificate is checked by. */
  get tls(): { rejectUnauthorized?: boolean; ca?: string } {
    const { insecure, ca } = this.address;
    if (insecure === true) return { rejectUnauthorized: false };
    return ca === undefined ? {} : { ca: readFileSync(ca, "utf8") };
  }

  /** What a refusal means for the command line. */
  async refusal(response: Pick<Response, "status" | "text">): Promise<CliError> {
    const { status } = response;
    const text = await response.text();
    if (status === 401) {
      return new CliError(exitCodes.refused, `${text || "Authorization required"} at ${this.url}`, { remedy: "Sign in with clocker login URL USER, or give --user and CLOCKER_PASSWORD" });
    }
    const parsed = ApiError.safeParse(jsonOrNothing(text));
    if (!parsed.success) return new CliError(exitCodeOf(undefined, status), `The server at ${this.url} answered ${status}${text === "" ? "" : `: ${text.slice(0, 200)}`}`);
    const { message, data } = parsed.data;
    // A refused bundle has Brooklyn's code, and ours beside it.
    const code = [data?.["failure"], data?.["code"]].find((each) => typeof each === "string");
    const remedy = typeof data?.["remedy"] === "string" ? data["remedy"] : undefined;
    const reason = typeof data?.["reason"] === "string" ? data["reason"] : message;
    return new CliError(exitCodeOf(code, status), remedy === undefined ? message : reason, { remedy });
  }
}

function parse(text: string, path: string): unknown {
  const value = jsonOrNothing(text);
  if (value === undefined && text !== "") throw new CliError(exitCodes.failed, `The answer to ${path} is not JSON: ${text.slice(0, 100)}`, { remedy: "Is this a Clocker server?" });
  return value;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const outer = error instanceof Error ? error.cause : undefined;
  // One error an address that was tried.
  const cause: unknown = outer instanceof AggregateError ? outer.errors[0] : outer;
  if (cause instanceof Error) return "code" in cause && cause.code === "ECONNREFUSED" ? "nothing listens there" : cause.message;
  return error instanceof Error ? error.message : String(error);
}
