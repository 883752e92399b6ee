import { z } from "zod";
import type { Api, ApiContext } from "../api-context.ts";
import { CatalogEntries, type CatalogEntry } from "../catalog/catalog-entries.ts";
import { notFound } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { supertypesOf, typeDetail, TypeDetail, typeSummary, TypeSummary } from "../shapes/catalog-summary.ts";
import { segment } from "../shapes/links.ts";
import { existing, textFilter } from "./catalog.ts";

const tags = ["catalog"];
const versions = z.enum(["latest", "all"]).default("latest");

const BundleSummary = z
  .object({
    symbolicName: z.string(),
    version: z.string(),
    types: z.array(TypeSummary),
    deleteable: z.boolean().optional(),
    osgiVersion: z.string(),
    format: z.string(),
    iconUrl: z.string().optional(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: "BundleSummary" });

/** The catalog by bundles and types, as Brooklyn's web page reads it. */
export function addCatalogTypes(api: Api, { server }: ApiContext): void {
  const entries = new CatalogEntries(server);

  api.get(
    "/catalog/types",
    {
      schema: {
        tags,
        summary: "What blueprints can name",
        querystring: z.object({ supertype: z.string().optional().describe("entity, application, policy, enricher, location, or a class name"), versions, regex: z.string().optional(), fragment: z.string().optional() }),
        response: { 200: z.array(TypeSummary), ...failures },
      },
    },
    async ({ query }) => {
      const accepts = textFilter(query);
      return entries
        .list({ allVersions: query.versions === "all" })
        .filter((entry) => accepts(entry) && hasSupertype(entry, query.supertype))
        .map((entry) => typeSummary(entry));
    },
  );

  api.get("/catalog/types/:id", { schema: { tags, summary: "All versions of a type, by name or alias", params: z.object({ id: z.string() }), response: { 200: z.array(TypeSummary), ...failures } } }, async ({ params }) => {
    const found = entries.versions(params.id);
    if (found.length === 0) throw notFound(`There is no type '${params.id}'`, params.id, entries.list({ allVersions: false }).map(({ id }) => id));
    return found.map((entry) => typeSummary(entry));
  });

  api.get("/catalog/types/:id/:version", { schema: { tags, summary: "A type, with its config, sensors and effectors", params: z.object({ id: z.string(), version: z.string() }), response: { 200: TypeDetail, ...failures } } }, async ({ params }) =>
    typeDetail(existing(entries, params.id, params.version)),
  );

  const summaries = () => entries.bundles().map((bundle) => bundleSummary(bundle));
  api.get("/catalog/bundles", { schema: { tags, summary: "The bundles", querystring: z.object({ versions, detail: flag(false) }), response: { 200: z.array(BundleSummary), ...failures } } }, async ({ query }) => {
    const all = summaries();
    return query.versions === "all" ? all : all.filter((bundle, index) => all.findIndex((other) => other.symbolicName === bundle.symbolicName) === index);
  });

  api.get("/catalog/bundles/:name", { schema: { tags, summary: "All versions of a bundle", params: z.object({ name: z.string() }), response: { 200: z.array(BundleSummary), ...failures } } }, async ({ params }) => {
    const found = summaries().filter((bundle) => bundle.symbolicName === params.name);
    if (found.length === 0) throw notFound(`There is no bundle '${params.name}'`, params.name, summaries().map(({ symbolicName }) => symbolicName));
    return found;
  });

  api.get("/catalog/bundles/:name/:version", { schema: { tags, summary: "A bundle", params: z.object({ name: z.string(), version: z.string() }), response: { 200: BundleSummary, ...failures } } }, async ({ params }) => {
    const found = summaries().find((bundle) => bundle.symbolicName === params.name && bundle.version === params.version);
    if (found === undefined) throw notFound(`There is no bundle '${params.name}:${params.version}'`, params.name, summaries().map(({ symbolicName }) => symbolicName));
    return found;
  });
}

function bundleSummary({ symbolicName, version, iconUrl, entries }: ReturnType<CatalogEntries["bundles"]>[number]): z.infer<typeof BundleSummary> {
  return {
    symbolicName,
    version,
    types: entries.map((entry) => typeSummary(entry)),
    osgiVersion: version,
    format: "brooklyn-bom-bundle",
    iconUrl,
    links: { self: `/v1/catalog/bundles/${segment(symbolicName)}/${segment(version)}` },
  };
}

function hasSupertype(entry: CatalogEntry, supertype: string | undefined): boolean {
  if (supertype === undefined || supertype === "") return true;
  if (supertype === "entity") return ["entity", "application", "template"].includes(entry.itemType);
  if (supertype === "application") return entry.itemType === "application" || entry.itemType === "template" || supertypesOf(entry).includes("org.apache.brooklyn.api.entity.Application");
  return entry.itemType === supertype || supertypesOf(entry).includes(supertype);
}
