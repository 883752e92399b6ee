import type { ApiContext, Api } from "../api-context.ts";
import { isThisComputer } from "../security/this-computer.ts";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

export function isReading(method: string): boolean {
  return READING.has(method);
}

/** What holds for every answer: never cached, never sniffed or framed, and durable before it is given. */
export function finishReplies(api: Api, { plane }: ApiContext): void {
  api.addHook("onRequest", async (request, reply) => {
    // Not for names of this computer, where other servers may speak plain HTTP.
    if (request.protocol === "https" && !isThisComputer(request.hostname)) void reply.header("strict-transport-security", "max-age=31536000");
    reply.headers({
      "cache-control": "no-cache, no-store",
      pragma: "no-cache",
      expires: "0",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
    });
  });
  api.addHook("onSend", async (request, reply, payload) => {
    // Whatever a successful request changed is in the store before the client hears of the success (design, 4.3).
    if (!isReading(request.method) && reply.statusCode < 400) await plane.documents.flush();
    return payload;
  });
}

/** The absolute form of a path of this server, as `Location` headers have it. */
export function absolute(request: { protocol: string; host: string }, path: string): string {
  return `${request.protocol}://${request.host}${path}`;
}
