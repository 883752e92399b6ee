import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import { SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { Links, links } from "./links.ts";

export const EntitySummary = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string().describe("The Java interface's name, such as org.apache.brooklyn.entity.webapp.tomcat.TomcatServer"),
    catalogItemId: z.string().optional(),
    links: Links,
  })
  .meta({ id: "EntitySummary" });
export type EntitySummary = z.infer<typeof EntitySummary>;

/** An entity as REST lists it (reference, 2.3). */
export function entitySummary(entity: Entity): EntitySummary {
  const application = entity.application.id;
  const self = links.entity(application, entity.id);
  return {
    id: entity.id,
    name: entity.displayName,
    type: entity.typeName,
    catalogItemId: entity.catalogItemId,
    links: {
      self,
      ...(entity.parent === undefined ? {} : { parent: links.entity(application, entity.parent.id) }),
      application: links.application(application),
      children: `${self}/children`,
      config: `${self}/config`,
      sensors: `${self}/sensors`,
      effectors: `${self}/effectors`,
      adjuncts: `${self}/adjuncts`,
      policies: `${self}/policies`,
      activities: `${self}/activities`,
      locations: `${self}/locations`,
      tags: `${self}/tags`,
      expunge: `${self}/expunge`,
      rename: `${self}/name`,
      spec: `${self}/spec`,
      ...(entity.iconUrl === undefined ? {} : { iconUrl: `${self}/icon` }),
    },
  };
}

export const RelationSummary = z
  .object({ type: z.object({ name: z.string(), target: z.string(), source: z.string() }), targets: z.array(z.string()) })
  .meta({ id: "RelationSummary" });

const detailFields = {
  id: z.string(),
  name: z.string(),
  type: z.string(),
  catalogItemId: z.string().optional(),
  applicationId: z.string(),
  parentId: z.string().optional(),
  groupIds: z.array(z.string()),
  members: z.array(z.object({ id: z.string(), name: z.string() })),
  serviceUp: z.boolean().optional(),
  serviceState: z.string().optional(),
  iconUrl: z.string().optional(),
  links: Links,
  tags: z.array(z.unknown()).optional(),
  creationTimeUtc: z.int().optional(),
  sensors: z.record(z.string(), z.unknown()).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  relations: z.array(RelationSummary).optional(),
};

export interface EntityDetail extends z.infer<z.ZodObject<typeof detailFields>> {
  children?: EntityDetail[] | undefined;
}

export const EntityDetail: z.ZodType<EntityDetail> = z
  .object({
    ...detailFields,
    get children() {
      return z.array(EntityDetail).optional();
    },
  })
  .meta({ id: "EntityDetail" });

export interface EntityDetailOptions {
  /** Levels of children to include; -1 for all. */
  readonly depth: number;
  /** What to add to each entity. */
  readonly extra?: (entity: Entity) => Pick<EntityDetail, "tags" | "creationTimeUtc" | "sensors" | "config" | "relations">;
}

/** An entity with its tree, as `/applications/fetch` and `/applications/details` give it. */
export function entityDetail(entity: Entity, options: EntityDetailOptions): EntityDetail {
  const { depth, extra } = options;
  return {
    id: entity.id,
    name: entity.displayName,
    type: entity.typeName,
    catalogItemId: entity.catalogItemId,
    applicationId: entity.application.id,
    parentId: entity.parent?.id,
    ...(depth === 0 ? {} : { children: entity.children.map((child) => entityDetail(child, { ...options, depth: depth - 1 })) }),
    groupIds: [...entity.groups.keys()],
    members: [...entity.members.values()].map((member) => ({ id: member.id, name: member.displayName })),
    serviceUp: entity.get(SERVICE_UP),
    serviceState: entity.get(SERVICE_STATE),
    iconUrl: entity.iconUrl === undefined ? undefined : `${links.entity(entity.application.id, entity.id)}/icon`,
    links: { self: links.entity(entity.application.id, entity.id) },
    ...extra?.(entity),
  };
}

/** Relations of an entity to others: the groups it is in, and its members. */
export function relationsOf(entity: Entity): z.infer<typeof RelationSummary>[] {
  const relations: z.infer<typeof RelationSummary>[] = [];
  if (entity.members.size > 0) relations.push({ type: { name: "HasMember", target: "members", source: "group" }, targets: [...entity.members.keys()] });
  if (entity.groups.size > 0) relations.push({ type: { name: "MemberOf", target: "groups", source: "member" }, targets: [...entity.groups.keys()] });
  return relations;
}
