import type { FastifyReply } from "fastify";
import { zipSync } from "fflate";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { CatalogEntries, type CatalogEntry } from "../catalog/catalog-entries.ts";
import { installBundle } from "../catalog/install-bundle.ts";
import { ARCHIVE_LIMIT, Bytes, consumes } from "../http/bodies.ts";
import { notFound } from "../http/find.ts";
import { sendIcon } from "../http/icon.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { BundleResult, supertypesOf, typeDetail, TypeDetail, typeSummary, TypeSummary } from "../shapes/catalog-summary.ts";
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
    // A list of none where there is none, as Brooklyn gives it.
    return entries.versions(params.id).map((entry) => typeSummary(entry));
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
    return summaries().filter((bundle) => bundle.symbolicName === params.name);
  });

  addBundleChanges(api, server, entries);
  const ofBundle = z.object({ name: z.string(), version: z.string() });
  const bundleOf = (name: string, version: string) => {
    const all = entries.bundles();
    const found = all.find((bundle) => bundle.symbolicName === name && (version === "latest" || bundle.version === version));
    if (found === undefined) throw notFound(`There is no bundle '${name}:${version}'`, name, all.map(({ symbolicName }) => symbolicName));
    return found;
  };
  const typeOf = ({ name, version, type, typeVersion }: { name: string; version: string; type: string; typeVersion?: string }) => {
    const bundle = bundleOf(name, version);
    const found = bundle.entries.find((entry) => entry.id === type && (typeVersion === undefined || typeVersion === "latest" || entry.version === typeVersion));
    if (found === undefined) throw notFound(`There is no type '${type}' in the bundle '${name}:${version}'`, type, bundle.entries.map(({ id }) => id));
    return found;
  };
  const icon = { 200: z.unknown().describe("The picture"), 204: z.null(), 307: z.null(), ...failures };
  const iconOf = (reply: FastifyReply, { iconUrl, bundle }: Pick<CatalogEntry, "iconUrl" | "bundle">) => sendIcon(reply, iconUrl, (url) => server.catalogStore.file(bundle, url));
  const ofType = ofBundle.extend({ type: z.string() });
  const ofTypeVersion = ofType.extend({ typeVersion: z.string() });
  api.get("/catalog/bundles/:name/:version/types", { schema: { tags, summary: "A bundle's types", params: ofBundle, response: { 200: z.array(TypeSummary), ...failures } } }, async ({ params }) => bundleOf(params.name, params.version).entries.map((entry) => typeSummary(entry)));
  api.get("/catalog/bundles/:name/:version/types/:type", { schema: { tags, summary: "A type of a bundle", params: ofType, response: { 200: TypeDetail, ...failures } } }, async ({ params }) => typeDetail(typeOf(params)));
  api.get("/catalog/bundles/:name/:version/types/:type/:typeVersion", { schema: { tags, summary: "A type of a bundle in a version", params: ofTypeVersion, response: { 200: TypeDetail, ...failures } } }, async ({ params }) => typeDetail(typeOf(params)));
  api.get("/catalog/bundles/:name/:version/types/:type/:typeVersion/icon", { schema: { tags, produces: ["image/*"], summary: "A type's icon", params: ofTypeVersion, response: icon } }, async ({ params }, reply) => iconOf(reply, typeOf(params)));
  api.get("/catalog/types/:id/:version/icon", { schema: { tags, produces: ["image/*"], summary: "A type's icon", params: z.object({ id: z.string(), version: z.string() }), querystring: z.object({ iconUrl: z.string().optional() }), response: icon } }, async ({ params }, reply) => iconOf(reply, existing(entries, params.id, params.version)));
  api.get("/catalog/bundles/:name/:version/icon", { schema: { tags, produces: ["image/*"], summary: "A bundle's icon", params: ofBundle, response: icon } }, async ({ params }, reply) => {
    const { symbolicName, version, iconUrl } = bundleOf(params.name, params.version);
    return iconOf(reply, { iconUrl, bundle: `${symbolicName}:${version}` });
  });
  api.get("/catalog/bundles/:name/:version/download", { schema: { tags, produces: ["application/zip"], summary: "A bundle as a zip archive", params: ofBundle, response: { 200: z.unknown().describe("The archive"), ...failures } } }, async ({ params }, reply) => {
    const { symbolicName, version } = bundleOf(params.name, params.version);
    const source = server.catalogStore.source(`${symbolicName}:${version}`);
    if (source === undefined) throw new ClockerError("not-found", `There is no archive of '${symbolicName}:${version}': it is a part of Clocker`);
    const archive = source.isArchive ? source.data : zipSync({ "catalog.bom": source.data });
    const file = `${symbolicName}-${version}.zip`.replaceAll(/[^\w.-]/g, "_");
    return reply.type("application/zip").header("content-disposition", `attachment; filename="${file}"`).send(Buffer.from(archive));
  });

  api.get("/catalog/bundles/:name/:version", { schema: { tags, summary: "A bundle", params: z.object({ name: z.string(), version: z.string() }), response: { 200: BundleSummary, ...failures } } }, async ({ params }) => {
    const found = summaries().find((bundle) => bundle.symbolicName === params.name && bundle.version === params.version);
    if (found === undefined) throw notFound(`There is no bundle '${params.name}:${params.version}'`, params.name, summaries().map(({ symbolicName }) => symbolicName));
    return found;
  });
}

/** Adding and removing whole bundles. */
function addBundleChanges(api: Api, server: ApiContext["server"], entries: CatalogEntries): void {
  const results = { 200: BundleResult, 201: BundleResult, ...failures };
  api.post(
    "/catalog/bundles",
    {
      bodyLimit: ARCHIVE_LIMIT,
      config: { body: "bytes" },
      schema: { tags, summary: "Add a bundle: a .bom file, or a zip or jar that holds a catalog.bom", consumes: [...consumes.bytes], querystring: z.object({ force: flag(false), format: z.string().optional() }), body: Bytes, response: results },
    },
    async ({ query, body }, reply) => {
      const outcome = await installBundle(server, entries, body, { force: query.force });
      return outcome.status === 400 ? reply.code(400).send(outcome.failure) : reply.code(outcome.status).send(outcome.result);
    },
  );

  api.delete(
    "/catalog/bundles/:name/:version",
    { schema: { tags, summary: "Remove a bundle and its types; one that entities were made from only with `force`", params: z.object({ name: z.string(), version: z.string() }), querystring: z.object({ force: flag(false) }), response: { 200: BundleResult, ...failures } } },
    async ({ params, query }, reply) => {
      const name = `${params.name}:${params.version}`;
      const bundle = server.catalog.bundles().find(({ symbolicName, version }) => `${symbolicName}:${version}` === name);
      if (bundle === undefined) throw notFound(`There is no bundle '${name}'`, name, server.catalog.bundles().map(({ symbolicName, version }) => `${symbolicName}:${version}`));
      const items = new Set(bundle.items.map(({ id, version }) => `${id}:${version}`));
      const user = query.force ? undefined : [...server.plane.entities.all()].find(({ catalogItemId }) => catalogItemId !== undefined && items.has(catalogItemId));
      if (user !== undefined) {
        const message = `Cannot remove '${name}': "${user.displayName}" is made from it`;
        return reply.code(400).send({ message, error: 400, data: { message, bundle: name, code: "ERROR_REMOVING_BUNDLE_IN_USE" } });
      }
      await server.catalogStore.removeBundle(params.name, params.version);
      return { message: `Removed ${name}`, bundle: name, code: "BUNDLE_REMOVED" as const };
    },
  );
}

function bundleSummary({ symbolicName, version, iconUrl, entries }: ReturnType<CatalogEntries["bundles"]>[number]): z.infer<typeof BundleSummary> {
  return {
    symbolicName,
    version,
    types: entries.map((entry) => typeSummary(entry)),
    deleteable: true,
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
