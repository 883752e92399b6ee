import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isUnchanged } from "../http/conditional.ts";
import { askedPage, tellPages } from "../http/paging.ts";
import type { ListAnswer } from "./entity-lists.ts";

/** Sends a list of entities, or the page of it that is asked for; not at all to who has it (304). */
export async function sendList(request: FastifyRequest, reply: FastifyReply, { tag, make }: ListAnswer): Promise<FastifyReply> {
  if (tag !== undefined && isUnchanged(request, reply, tag)) return reply.code(304).send(null);
  const page = askedPage(request);
  const { json, total } = await make(page);
  tellPages(total, page, request, reply);
  void reply.type("application/json; charset=utf-8");
  if (json.length <= PART) return reply.send(json);
  return reply.header("content-length", json.length).send(Readable.from(partsOf(json), { objectMode: false, highWaterMark: PART }));
}

/** Bytes that are handed over at once: what is larger goes as the client takes it, so that many large answers at a time hold up no small one. */
const PART = 128 * 1_024;

function* partsOf(json: Buffer): Generator<Buffer> {
  for (let start = 0; start < json.length; start += PART) yield json.subarray(start, start + PART);
}
