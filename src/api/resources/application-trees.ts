import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { flag, globFilter, listParameter } from "../http/query.ts";
import { sendList } from "../lists/send-list.ts";
import { failures } from "../shapes/api-error.ts";
import { currentConfig } from "../shapes/config-values.ts";
import { entityDetail, EntityDetail, relationsOf } from "../shapes/entity-summary.ts";
import { jsonOf } from "../shapes/values.ts";
import { withoutSecrets } from "../shapes/secrets.ts";
import { currentSensors } from "../shapes/sensor-summary.ts";

const tags = ["applications"];

/** `/applications/fetch`, which br and the web page need although it is deprecated, and its successor `/applications/details`. */
export function addApplicationTrees(api: Api, { plane, lists }: ApiContext): void {
  // `tree` is its name of 2014.
  for (const path of ["/applications/fetch", "/applications/tree"]) api.get(
    path,
    {
      schema: {
        tags,
        summary: "All applications with their trees",
        querystring: z.object({ items: listParameter, sensors: listParameter }),
        response: { 200: z.array(EntityDetail), ...failures },
      },
    },
    async (request, reply) => {
      const { items, sensors } = request.query;
      const wanted = new Set(sensors);
      const roots = () => [...plane.applications(), ...namedWithAncestors(items)];
      if (wanted.size === 0) return sendList(request, reply, lists.trees(request.url, roots));
      return sendList(request, reply, lists.treesWith(roots, (entity) => ({ creationTimeUtc: entity.createdAt, sensors: currentSensors(entity, (name) => wanted.has(name)) })));
    },
  );

  api.get(
    "/applications/details",
    {
      schema: {
        tags,
        summary: "Applications and entities, as deep as asked for, with chosen sensors and config",
        querystring: z.object({ items: listParameter, includeAllApps: flag(true), sensors: listParameter, config: listParameter, depth: z.coerce.number().int().min(-1).default(1) }),
        response: { 200: z.array(EntityDetail), ...failures },
      },
    },
    async ({ query }) => {
      const roots = [...new Set([...(query.includeAllApps ? plane.applications() : []), ...namedWithAncestors(query.items)])];
      const config = await configOf(roots, query.depth, query.config);
      return roots.map((entity) =>
        entityDetail(entity, {
          depth: query.depth,
          extra: (each) => ({
            tags: each.tags.map((tag) => withoutSecrets(jsonOf(tag))),
            creationTimeUtc: each.createdAt,
            relations: relationsOf(each),
            ...(query.sensors.length === 0 ? {} : { sensors: currentSensors(each, globFilter(query.sensors)) }),
            ...(config.has(each) ? { config: config.get(each) } : {}),
          }),
        }),
      );
    },
  );

  /** The entities with these ids, each followed by its ancestors below the application. */
  function namedWithAncestors(ids: readonly string[]): Entity[] {
    const found: Entity[] = [];
    for (const id of ids) {
      for (let entity = plane.entity(id); entity?.parent !== undefined; entity = entity.parent) found.push(entity);
    }
    return found;
  }
}

/** Config of the shown entities, read before the trees are built because values may have to be resolved. */
async function configOf(roots: readonly Entity[], depth: number, globs: readonly string[]): Promise<Map<Entity, Record<string, unknown>>> {
  const found = new Map<Entity, Record<string, unknown>>();
  if (globs.length === 0) return found;
  const accepts = globFilter(globs);
  const read = async (entity: Entity, levels: number): Promise<void> => {
    const all = await currentConfig(entity, { raw: false });
    found.set(entity, Object.fromEntries(Object.entries(all).filter(([name]) => accepts(name))));
    if (levels !== 0) for (const child of entity.children) await read(child, levels - 1);
  };
  for (const root of roots) await read(root, depth);
  return found;
}
