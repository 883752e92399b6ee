import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import type { Duplex } from "node:stream";
import { ClockerError } from "../model/errors.ts";
import { failureOfAnswer } from "./engine-failures.ts";

export interface HijackRequest {
  engine: string;
  action: string;
  method: string;
  /** With the version. */
  path: string;
  json?: unknown;
  signal: AbortSignal;
}

/** Milliseconds within which the engine must agree to the change of protocol. */
const ANSWER_TIMEOUT = 120_000;

/**
 * Turns a fresh connection to an engine into the raw stream of an exec (`Upgrade: tcp`, which undici can't send together with a body).
 * The connection is closed when that fails.
 */
export function hijack(connection: Duplex, request: HijackRequest): Promise<Duplex> {
  const body = JSON.stringify(request.json ?? {});
  return new Promise<Duplex>((resolve, reject) => {
    const outgoing: ClientRequest = httpRequest({
      method: request.method,
      path: request.path,
      headers: { Host: "docker", Connection: "Upgrade", Upgrade: "tcp", "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
      createConnection: () => connection,
    });
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      request.signal.removeEventListener("abort", onAbort);
      end();
    };
    const fail = (error: unknown): void => {
      settle(() => reject(error));
      outgoing.destroy();
      connection.destroy();
    };
    const onAbort = (): void => fail(request.signal.reason);
    const timer = setTimeout(() => fail(new Error(`no answer within ${ANSWER_TIMEOUT / 1000} s`)), ANSWER_TIMEOUT);
    request.signal.addEventListener("abort", onAbort, { once: true });
    outgoing.on("error", fail);
    outgoing.on("upgrade", (_response, socket: Duplex, head) => {
      if (head.length > 0) socket.unshift(head);
      settle(() => resolve(socket));
    });
    outgoing.on("response", (response) => void refusal(response, request).then(fail, fail));
    if (request.signal.aborted) onAbort();
    else outgoing.end(body);
  });
}

async function refusal(response: IncomingMessage, request: HijackRequest): Promise<ClockerError> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response) text += String(chunk).slice(0, 10_000);
  const status = response.statusCode ?? 0;
  if (status >= 400) return failureOfAnswer(request.engine, request.action, status, text);
  return new ClockerError("engine-error", `Cannot ${request.action}: engine "${request.engine}" answered ${status} and opened no stream`, {
    details: { engine: request.engine, status },
  });
}
