import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { CatalogEntries, type CatalogEntry } from "../catalog/catalog-entries.ts";
import { consumes } from "../http/bodies.ts";
import { notFound, PreconditionFailed } from "../http/find.ts";
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
      config: { body: "text" },
      schema: {
        tags,
        summary: "Add a bundle: the text of a .bom file, whatever its Content-Type",
        consumes: [...consumes.text],
        querystring: z.object({ detail: flag(false), itemDetails: flag(true), forceUpdate: flag(false), format: z.string().optional() }),
        body: z.string(),
        response: { 200: z.union([BundleResult, z.record(z.string(), CatalogItemSummary)]), 201: z.union([BundleResult, z.record(z.string(), CatalogItemSummary)]), ...failures },
      },
    },
    async ({ query, body }, reply) => {
      const { added, unchanged } = await server.addToCatalog(body, { force: query.forceUpdate });
      const found = [...added, ...unchanged].flatMap((id) => entryOf(entries, id) ?? []);
      const items = Object.fromEntries(found.map((entry) => [`${entry.id}:${entry.version}`, catalogItemSummary(entry)]));
      const status = added.length > 0 ? 201 : 200;
      if (!query.detail) return reply.code(status).send(items);
      return reply.code(status).send({
        message: added.length > 0 ? `Added ${added.join(", ")}` : "Already installed: the content is identical",
        bundle: found[0]?.bundle ?? "",
        code: added.length > 0 ? "INSTALLED_NEW_BUNDLE" : "IGNORING_BUNDLE_AREADY_INSTALLED",
        ...(query.itemDetails ? { types: items } : {}),
      });
    },
  );

  for (const kind of catalogKinds) addKind(api, server, entries, kind);

  api.get("/catalog/icon/:id/:version", { schema: { tags, summary: "An item's icon: a redirect, or nothing", params: ofItem, response: { 204: z.null(), 307: z.null(), ...failures } } }, async ({ params }, reply) => {
    const { iconUrl } = existing(entries, params.id, params.version);
    if (iconUrl === undefined || !/^https?:\/\//.test(iconUrl)) return reply.code(204).send(null);
    return reply.code(307).header("location", iconUrl).send(null);
  });
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

  api.delete(`/catalog/${kind}/:id/:version`, { schema: { tags, summary: "Remove an item", params: ofItem, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    const entry = existing(entries, params.id, params.version);
    if (!isOfKind(entry)) throw new PreconditionFailed(`Cannot remove '${params.id}:${params.version}' from the catalog's ${kind}: it is one of its ${kindOf(entry)}`);
    if (entry.item === undefined) throw new ClockerError("forbidden", `Cannot remove '${entry.id}': it is a part of Clocker`);
    await server.removeFromCatalog(entry.id, entry.version);
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

function entryOf(entries: CatalogEntries, reference: string): CatalogEntry | undefined {
  const colon = reference.lastIndexOf(":");
  return entries.get(reference.slice(0, colon), reference.slice(colon + 1));
}
