import type { z } from "zod";
import { ApiError } from "../../api/shapes/api-error.ts";
import { CliError, exitCodeOf, exitCodes } from "../exit-codes.ts";

export interface ServerAddress {
  /** `http://127.0.0.1:8081`. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Milliseconds to wait for the answer. */
  readonly timeout?: number;
}

/** Milliseconds that an answer may take. */
const TIMEOUT = 60_000;

/** A server's HTTP API. Every failure is a CliError with the exit code that fits. */
export class Client {
  readonly #address: ServerAddress;
  readonly #signal: AbortSignal;

  constructor(address: ServerAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
  }

  get url(): string {
    return this.#address.url;
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
    const url = new URL(path, this.#address.url);
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers = new Headers({ accept: request.accept ?? "application/json, text/plain" });
    if (request.contentType !== undefined) headers.set("content-type", request.contentType);
    const { user, password } = this.#address;
    if (user !== undefined) headers.set("authorization", `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`);
    const timeout = request.timeout ?? TIMEOUT;
    const signal = timeout === Infinity ? this.#signal : AbortSignal.any([this.#signal, AbortSignal.timeout(timeout)]);
    const response = await this.#send(url, { method: request.method ?? "GET", headers, signal, ...(request.body === undefined ? {} : { body: request.body }) });
    if (!response.ok) throw await this.#refusal(response);
    return response;
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (this.#signal.aborted) throw new CliError(exitCodes.interrupted, "Interrupted", { cause: error });
      const isLate = error instanceof Error && error.name === "TimeoutError";
      throw new CliError(exitCodes.unreachable, isLate ? `The server at ${this.url} does not answer` : `Cannot reach the server at ${this.url}: ${reasonOf(error)}`, {
        remedy: "Start one with: clocker launch\nOr name another with --server URL or CLOCKER_URL",
        cause: error,
      });
    }
  }

  async #refusal(response: Response): Promise<CliError> {
    const { status } = response;
    const text = await response.text();
    if (status === 401) {
      return new CliError(exitCodes.refused, `${text || "Authorization required"} at ${this.url}`, { remedy: "Give a user with --user and the password in CLOCKER_PASSWORD, or both in ~/.clocker/client.json" });
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
