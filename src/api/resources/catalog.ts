import type { FastifyReply } from "fastify";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { CatalogEntries, type CatalogEntry } from "../catalog/catalog-entries.ts";
import { installBundle } from "../catalog/install-bundle.ts";
import { ARCHIVE_LIMIT, Bytes, consumes } from "../http/bodies.ts";
import { notFound, PreconditionFailed } from "../http/find.ts";
import { sendIcon } from "../http/icon.ts";
import { flag } from "../http/query.ts";
import { regexFilter } from "../http/type-filter.ts";
import { failures } from "../shapes/api-error.ts";
import { BundleResult, catalogItemSummary, CatalogItemSummary, catalogKinds, itemTypesOf, kindOf, type CatalogKind } from "../shapes/catalog-summary.ts";

const tags = ["catalog"];
const ofItem = z.object({ id: z.string(), version: z.string().describe("Or `latest`") });

/** The catalog by its older paths, which Brooklyn's clients use: add, list, look at, remove. */
export function addCatalog(api: Api, { server }: ApiContext): void {
  const entries = new CatalogEntries(server);

  api.post(
    "/catalog",
    {
      bodyLimit: ARCHIVE_LIMIT,
      config: { body: "bytes" },
      schema: {
        tags,
        summary: "Add a bundle: a .bom file, or a zip or jar that holds a catalog.bom, whatever its Content-Type",
        description: "201 when it is new, 200 when the same is there already; other content under a version that is there needs `forceUpdate` (400).",
        consumes: [...consumes.bytes],
        querystring: z.object({ detail: flag(false), itemDetails: flag(true), forceUpdate: flag(false), format: z.string().optional() }),
        body: Bytes,
        response: { 200: z.union([BundleResult, z.record(z.string(), CatalogItemSummary)]), 201: z.union([BundleResult, z.record(z.string(), CatalogItemSummary)]), ...failures },
      },
    },
    async ({ query, body }, reply) => {
      const outcome = await installBundle(server, entries, body, { force: query.forceUpdate });
      if (outcome.status === 400) return reply.code(400).send(outcome.failure);
      if (!query.detail) return reply.code(outcome.status).send(outcome.items);
      const { types: items, ...result } = outcome.result;
      return reply.code(outcome.status).send(query.itemDetails ? { ...result, types: items } : result);
    },
  );

  // As clients of 2014 did it.
  api.post(
    "/catalog/reset",
    {
      bodyLimit: ARCHIVE_LIMIT,
      config: { body: "bytes" },
      schema: { tags, summary: "Take away all that was added, removed and marked, and add the bundle in the body, if there is one", consumes: [...consumes.bytes], querystring: z.object({ ignoreErrors: flag(false) }), body: Bytes, response: { 200: z.unknown().describe("Nothing"), ...failures } },
    },
    async ({ body }, reply) => {
      const text = body.subarray(0, 200).toString("utf8").trimStart();
      if (text.startsWith("<")) throw new ClockerError("invalid-request", "Cannot read the catalog: it is in XML, as before Brooklyn 0.7", { remedy: "Write it as a .bom file" });
      if (body.length > 0) await server.catalogStore.check(body);
      await server.catalogStore.reset();
      if (body.length > 0) await server.catalogStore.add(body);
      return reply.code(200).send(undefined);
    },
  );

  for (const kind of catalogKinds) addKind(api, server, entries, kind);

  const marking = { deprecated: (on: boolean) => ({ deprecated: on }), disabled: (on: boolean) => ({ disabled: on }) } as const;
  for (const [name, marks] of Object.entries(marking)) {
    const mark = async (item: string, on: boolean): Promise<void> => {
      const at = item.lastIndexOf(":");
      const entry = existing(entries, at < 0 ? item : item.slice(0, at), at < 0 ? "latest" : item.slice(at + 1));
      if (entry.item === undefined) throw new ClockerError("forbidden", `Cannot mark '${entry.id}' as ${name}: it is a part of Clocker`);
      await server.catalogStore.mark(entry.id, entry.version, marks(on));
    };
    api.post(
      `/catalog/entities/:item/${name}`,
      { config: { body: "json" }, schema: { tags, summary: `Mark an item, \`id:version\`, as ${name} or not`, consumes: [...consumes.json], params: z.object({ item: z.string() }), body: z.union([z.boolean(), z.stringbool()]), response: { 204: z.null(), ...failures } } },
      async ({ params, body }, reply) => {
        await mark(params.item, body);
        return reply.code(204).send(null);
      },
    );
    // As clients of 2014 did it.
    api.post(`/catalog/entities/:item/${name}/:value`, { schema: { tags, summary: `Mark an item as ${name} or not`, params: z.object({ item: z.string(), value: z.stringbool() }), response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
      await mark(params.item, params.value);
      return reply.code(204).send(null);
    });
  }

  const icon = { 200: z.unknown().describe("The picture"), 204: z.null(), 307: z.null(), ...failures };
  const send = (reply: FastifyReply, id: string, version: string) => {
    const { iconUrl, bundle } = existing(entries, id, version);
    return sendIcon(reply, iconUrl, (url) => server.catalogStore.file(bundle, url));
  };
  api.get("/catalog/icon/:id/:version", { schema: { tags, produces: ["image/*"], summary: "An item's icon", params: ofItem, response: icon } }, async ({ params }, reply) => send(reply, params.id, params.version));
  api.get("/catalog/icon/:id", { schema: { tags, produces: ["image/*"], summary: "An item's icon in its latest version", params: ofItem.pick({ id: true }), response: icon } }, async ({ params }, reply) => send(reply, params.id, "latest"));
}

function addKind(api: Api, server: ApiContext["server"], entries: CatalogEntries, kind: CatalogKind): void {
  const isOfKind = (entry: CatalogEntry) => itemTypesOf[kind].includes(entry.itemType);

  api.get(
    `/catalog/${kind}`,
    {
      schema: {
        tags,
        summary: `The catalog's ${kind === "applications" ? "templates" : kind}`,
        querystring: z.object({ regex: z.string().optional(), fragment: z.string().optional(), allVersions: flag(false) }),
        response: { 200: z.array(CatalogItemSummary), ...failures },
      },
    },
    async ({ query }) => {
      const accepts = textFilter(query);
      return entries.list(query).filter((entry) => isOfKind(entry) && accepts(entry)).map((entry) => catalogItemSummary(entry));
    },
  );

  const get = (id: string, version: string) => {
    const entry = existing(entries, id, version);
    if (isOfKind(entry)) return catalogItemSummary(entry);
    throw new ClockerError("not-found", `There is no item '${id}:${version}' among the catalog's ${kind}: it is one of its ${kindOf(entry)}`);
  };
  api.get(`/catalog/${kind}/:id/:version`, { schema: { tags, summary: "An item", params: ofItem, response: { 200: CatalogItemSummary, ...failures } } }, async ({ params }) => get(params.id, params.version));
  // Gone from the modern server, and still called by br (reference, trap 2).
  api.get(`/catalog/${kind}/:id`, { schema: { tags, summary: "The latest version of an item", params: ofItem.pick({ id: true }), response: { 200: CatalogItemSummary, ...failures } } }, async ({ params }) => get(params.id, "latest"));

  const remove = async (id: string, version: string): Promise<void> => {
    const entry = existing(entries, id, version);
    if (!isOfKind(entry)) throw new PreconditionFailed(`Cannot remove '${id}:${version}' from the catalog's ${kind}: it is one of its ${kindOf(entry)}`);
    if (entry.item === undefined) throw new ClockerError("forbidden", `Cannot remove '${entry.id}': it is a part of Clocker`);
    await server.catalogStore.remove(entry.id, entry.version);
  };
  api.delete(`/catalog/${kind}/:id/:version`, { schema: { tags, summary: "Remove an item", params: ofItem, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    await remove(params.id, params.version);
    return reply.code(204).send(null);
  });
  api.delete(`/catalog/${kind}/:id`, { schema: { tags, summary: "Remove the latest version of an item", params: ofItem.pick({ id: true }), response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    await remove(params.id, "latest");
    return reply.code(204).send(null);
  });
}

/** Text that an entry's id, name or description must have. */
export function textFilter({ regex, fragment }: { regex?: string | undefined; fragment?: string | undefined }): (entry: CatalogEntry) => boolean {
  const matches = regexFilter(regex, { whole: false });
  const wanted = fragment?.toLowerCase() ?? "";
  return (entry) => {
    const texts = [entry.id, entry.name, entry.description ?? ""];
    return texts.some((text) => matches(text)) && texts.some((text) => text.toLowerCase().includes(wanted));
  };
}

/** @throws ClockerError `not-found` with the nearest name. */
export function existing(entries: CatalogEntries, id: string, version: string): CatalogEntry {
  const entry = entries.get(id, version);
  if (entry !== undefined) return entry;
  throw notFound(`There is no item '${id}:${version}' in the catalog`, id, entries.list({ allVersions: false }).map((each) => each.id));
}
