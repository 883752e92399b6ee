import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Plane } from "../../management/plane.ts";
import { withoutKnown } from "../../management/secrets/scrubbed.ts";
import type { Entity } from "../../model/entity.ts";
import type { Json } from "../../model/spec.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { CatalogEntries } from "../catalog/catalog-entries.ts";
import { consumes } from "../http/bodies.ts";
import { findEntity } from "../http/find.ts";
import { sendIcon } from "../http/icon.ts";
import { sendJson } from "../http/negotiate.ts";
import { failures } from "../shapes/api-error.ts";
import { JsonValue } from "../shapes/json.ts";
import { withoutSecrets } from "../shapes/secrets.ts";
import { jsonOf } from "../shapes/values.ts";
import { entityInPath } from "./entities.ts";

const tags = ["entities"];
const AT = "/applications/:application/entities/:entity";


/** An entity's tags, the blueprint it came from, and its icon. */
export function addEntityTags(api: Api, { plane, server }: ApiContext): void {
  api.get(`${AT}/tags`, { schema: { tags, summary: "The entity's tags", params: entityInPath, response: { 200: z.array(z.unknown()), ...failures } } }, async ({ params }) =>
    findEntity(plane, params.application, params.entity).tags.map((tag) => withoutSecrets(jsonOf(withoutKnown(tag, plane.knownSecrets)))),
  );

  const changing = { config: { body: "json" } } as const;
  api.post(
    `${AT}/tag/add`,
    { ...changing, schema: { tags, summary: "Add a tag", consumes: [...consumes.json], params: entityInPath, body: JsonValue, response: { 204: z.null(), ...failures } } },
    async ({ params, body }, reply) => {
      const entity = findEntity(plane, params.application, params.entity);
      if (!entity.tags.some((tag) => isDeepStrictEqual(tag, body))) change(entity, (all) => all.push(body));
      return reply.code(204).send(null);
    },
  );

  api.post(
    `${AT}/tag/delete`,
    { ...changing, schema: { tags, summary: "Remove a tag; answers whether it was there", consumes: [...consumes.json], params: entityInPath, body: JsonValue, response: { 200: z.boolean(), ...failures } } },
    async ({ params, body }) => {
      const entity = findEntity(plane, params.application, params.entity);
      const index = entity.tags.findIndex((tag) => isDeepStrictEqual(tag, body));
      if (index >= 0) change(entity, (all) => all.splice(index, 1));
      return index >= 0;
    },
  );

  api.post(
    `${AT}/tag/upsert/:key`,
    { ...changing, schema: { tags, summary: "Set the value of a tag that is a map with one key", consumes: [...consumes.json], params: entityInPath.extend({ key: z.string() }), body: JsonValue, response: { 204: z.null(), ...failures } } },
    async ({ params, body }, reply) => {
      const entity = findEntity(plane, params.application, params.entity);
      change(entity, (all) => {
        const index = all.findIndex((tag) => isSingleKey(tag, params.key));
        all.splice(index < 0 ? all.length : index, index < 0 ? 0 : 1, { [params.key]: body });
      });
      return reply.code(204).send(null);
    },
  );

  api.get(
    `${AT}/tag/get/:key`,
    { schema: { tags, summary: "The value of a tag that is a map with one key; null when there is none", params: entityInPath.extend({ key: z.string() }), response: { 200: z.unknown(), ...failures } } },
    async ({ params }, reply) => {
      const found = findEntity(plane, params.application, params.entity).tags.find((tag) => isSingleKey(tag, params.key));
      return sendJson(reply, found === undefined ? null : (withoutSecrets(found) as Record<string, unknown>)[params.key]);
    },
  );

  api.get(`${AT}/spec`, { schema: { tags, produces: ["text/plain"], summary: "The blueprint the entity came from", params: entityInPath, response: { 200: z.string(), 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    const [spec] = specsOf(plane, findEntity(plane, params.application, params.entity));
    if (spec === undefined) return reply.code(204).send(null);
    return reply.type("text/plain; charset=utf-8").send(spec);
  });

  api.get(
    `${AT}/speclist`,
    { schema: { tags, summary: "The blueprints the entity came from", params: entityInPath, response: { 200: z.array(z.object({ summary: z.string(), format: z.string(), contents: z.string() })), ...failures } } },
    async ({ params }) => specsOf(plane, findEntity(plane, params.application, params.entity)).map((contents) => ({ summary: "Blueprint as deployed", format: "brooklyn-camp", contents })),
  );

  const entries = new CatalogEntries(server);
  const icon = { 200: z.unknown().describe("The picture"), 204: z.null(), 307: z.null(), ...failures };
  api.get(`${AT}/icon`, { schema: { tags, produces: ["image/*"], summary: "The entity's icon: of its bundle, or a redirect, or nothing", params: entityInPath, response: icon } }, async ({ params }, reply) => {
    const { iconUrl, catalogItemId } = findEntity(plane, params.application, params.entity);
    const at = catalogItemId?.lastIndexOf(":") ?? -1;
    const item = catalogItemId === undefined || at < 0 ? undefined : entries.get(catalogItemId.slice(0, at), catalogItemId.slice(at + 1));
    return sendIcon(reply, iconUrl ?? item?.iconUrl, (url) => (item === undefined ? undefined : server.catalogStore.file(item.bundle, url)));
  });
}

function change(entity: Entity, edit: (tags: Json[]) => unknown): void {
  edit(entity.tags);
  entity.touch();
}

function isSingleKey(tag: Json, key: string): boolean {
  return typeof tag === "object" && tag !== null && !Array.isArray(tag) && Object.keys(tag).length === 1 && Object.hasOwn(tag, key);
}

/** The contents of `yaml_spec` tags, secrets left out. */
function specsOf(plane: Plane, entity: Entity): string[] {
  return entity.tags.flatMap((tag) => {
    if (typeof tag !== "object" || tag === null || Array.isArray(tag) || tag["kind"] !== "yaml_spec" || typeof tag["contents"] !== "string") return [];
    return [plane.knownSecrets.scrub(String(withoutSecrets(tag["contents"])))];
  });
}
