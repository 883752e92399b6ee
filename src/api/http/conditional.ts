import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Api } from "../api-context.ts";

/**
 * Gives answers to GET an `ETag`, and answers 304 without a body when the client has the same already (`If-None-Match`).
 * It saves sending and reading; the answer is made all the same, so that it is never stale.
 */
export function answerIfChanged(api: Api): void {
  api.addHook("onSend", async (request, reply, payload) => {
    if (request.method !== "GET" || reply.statusCode !== 200 || typeof payload !== "string" || reply.hasHeader("etag")) return payload;
    const tag = `W/"${createHash("sha1").update(payload).digest("base64url")}"`;
    void reply.header("etag", tag);
    if (!matches(request.headers["if-none-match"], tag)) return payload;
    void reply.code(304).removeHeader("content-type");
    return null;
  });
}

/** For answers whose tag is known beforehand: gives them the tag, and tells whether the client has the same already. */
export function isUnchanged(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  void reply.header("etag", tag);
  return matches(request.headers["if-none-match"], tag);
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").map((each) => each.trim()).some((each) => each === tag || `W/${each}` === tag || each === "*");
}
