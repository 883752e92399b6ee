import type { z } from "zod";
import { ClockerError, remedyOf } from "../model/errors.ts";
import { abortError } from "./abort.ts";

/** The error of an HTTP answer ≥ 400. `action` completes "Cannot ...", for instance `start container "web"`. */
export function failureOfAnswer(engine: string, action: string, status: number, body: string): ClockerError {
  const said = messageIn(body) || `HTTP status ${status}`;
  const code = status === 404 ? "not-found" : status === 409 ? "conflict" : "engine-error";
  return new ClockerError(code, `Cannot ${action} on engine "${engine}": ${said}`, { details: { status, engine } });
}

/** The error of a request that got no answer, or whose answer broke off: aborted, a host key that is not trusted, or `unreachable`. */
export function failureOfConnection(engine: string, action: string, error: unknown, signal?: AbortSignal): ClockerError {
  if (signal?.aborted) return abortError(signal, `${action} on engine "${engine}"`);
  if (error instanceof ClockerError && error.code === "host-key-mismatch") return error;
  return new ClockerError("unreachable", `Cannot ${action}: engine "${engine}" cannot be reached`, {
    cause: error,
    details: { engine },
    remedy: remedyOf(error) ?? 'Check that the machine is up and that its Docker Engine runs, for instance with "docker info" on it',
  });
}

/** Checks the parts of an answer that are used. @throws engine-error naming what was not understood. */
export function checked<S extends z.ZodType>(schema: S, answer: unknown, engine: string, action: string): z.output<S> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue ? `${issue.path.join(".") || "the answer"}: ${issue.message}` : "unknown";
  throw new ClockerError("engine-error", `Cannot ${action}: engine "${engine}" answered something unexpected at ${where}`, { details: { engine } });
}

/** @throws engine-error where it is not JSON */
export function parseJson(text: string, engine: string, action: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ClockerError("engine-error", `Cannot ${action}: engine "${engine}" answered something that is not JSON`, { cause: error, details: { engine } });
  }
}

function messageIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed && typeof parsed.message === "string") return parsed.message.trim();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return body.trim().slice(0, 500);
}
