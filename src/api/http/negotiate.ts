import type { FastifyReply, FastifyRequest } from "fastify";

/** Sends any value as JSON: text quoted, `null` as `null`. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type("application/json").send(JSON.stringify(value) ?? "null");
}

/**
 * Sends a single config or sensor value as Brooklyn does: nothing (204) when it is not set, plain text where the client prefers it, else JSON.
 */
export function sendValue(request: FastifyRequest, reply: FastifyReply, value: unknown): FastifyReply {
  if (value === undefined || value === null) return reply.code(204).send(null);
  if (!prefersText(request.headers.accept)) return sendJson(reply, value);
  return reply.type("text/plain; charset=utf-8").send(typeof value === "string" ? value : JSON.stringify(value));
}

/** Whether plain text is wanted rather than JSON; the server's own weight of text is 0.9, so that JSON wins a tie. */
export function prefersText(accept: string | undefined): boolean {
  if (accept === undefined || accept === "") return false;
  return weightOf(accept, "text", "plain") * 0.9 > weightOf(accept, "application", "json");
}

/** The weight of a media type in an Accept header: the most specific range that covers it counts. */
function weightOf(accept: string, type: string, subtype: string): number {
  let best = { specificity: -1, weight: 0 };
  for (const range of accept.split(",")) {
    const [media = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const specificity = [`*/*`, `${type}/*`, `${type}/${subtype}`].indexOf(media);
    if (specificity <= best.specificity) continue;
    const given = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = given === undefined ? 1 : Number(given.slice(2));
    best = { specificity, weight: Number.isFinite(weight) ? Math.min(1, Math.max(0, weight)) : 0 };
  }
  return best.weight;
}
