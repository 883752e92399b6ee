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
  return reply.type("application/json; charset=utf-8").send(json);
}
