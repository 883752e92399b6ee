import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { z } from "zod";
import type { Api } from "../api-context.ts";

const page = {
  limit: z.coerce.number().int().min(1).max(100_000).optional().describe("Items of one page; all unless given"),
  from: z.coerce.number().int().min(0).default(0).describe("Items to leave out at the start"),
};
const Page = z.object(page);

/**
 * Gives every list that has no `limit` of its own the parameters `limit` and `from`. The answer's `Link` header has the next and the previous page,
 * `X-Total-Count` the number of all items. Brooklyn's clients, which ask for neither, get all.
 */
export function pageLists(api: Api): void {
  api.addHook("onRoute", addParameters);
  api.addHook("preSerialization", async (request, reply, payload) => {
    if (!Array.isArray(payload) || reply.statusCode !== 200 || !isPaged(request)) return payload;
    return pageOf(payload as unknown[], request, reply);
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Set by `pageLists`. */
    isPaged?: boolean;
  }
}

function isPaged(request: FastifyRequest): boolean {
  return request.routeOptions.config.isPaged === true;
}

function addParameters(route: RouteOptions): void {
  const { schema, config = {} } = route;
  if (schema === undefined || route.method !== "GET") return;
  const answer: unknown = (schema.response as Record<string, unknown> | undefined)?.["200"];
  const query: unknown = schema.querystring ?? z.object({});
  if (!(answer instanceof z.ZodArray) || !(query instanceof z.ZodObject) || "limit" in query.shape) return;
  schema.querystring = query.extend(page);
  route.config = { ...config, isPaged: true };
}

function pageOf(items: unknown[], request: FastifyRequest, reply: FastifyReply): unknown[] {
  const asked = askedPage(request);
  tellPages(items.length, asked, request, reply);
  return slice(items, asked);
}

/** Which items of a list a request asks for. */
export interface AskedPage {
  readonly from: number;
  readonly limit?: number | undefined;
}

export function askedPage(request: FastifyRequest): AskedPage {
  return Page.parse(request.query);
}

export function slice<T>(items: readonly T[], { from, limit }: AskedPage): T[] {
  return limit === undefined ? items.slice(from) : items.slice(from, from + limit);
}

/** Sets the headers that tell of the other pages. @param total the number of all items */
export function tellPages(total: number, { from, limit }: AskedPage, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header("x-total-count", total);
  if (limit === undefined) return;
  const at = (start: number, rel: string) => {
    const url = new URL(request.url, "http://server");
    url.searchParams.set("from", String(start));
    return `<${url.pathname}${url.search}>; rel="${rel}"`;
  };
  const links = [...(from + limit < total ? [at(from + limit, "next")] : []), ...(from > 0 ? [at(Math.max(0, from - limit), "prev")] : [])];
  if (links.length > 0) void reply.header("link", links.join(", "));
}
