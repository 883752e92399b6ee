import { stringify } from "yaml";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Entity } from "../../model/entity.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { notFound } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { absolute } from "../http/reply-headers.ts";
import { failures } from "../shapes/api-error.ts";
import { JsonValue } from "../shapes/json.ts";
import { links } from "../shapes/links.ts";
import { definitionSummary, locationSummary, LocationSummary } from "../shapes/location-summary.ts";

const tags = ["locations"];
const inPath = z.object({ location: z.string() });
const NewLocation = z
  .object({ name: z.string().regex(/^[\w.-]+$/, "a name has letters, digits and . _ -"), spec: z.string().min(1), displayName: z.string().optional(), config: z.record(z.string(), JsonValue).optional() })
  .meta({ id: "LocationSpec" });
const Located = z.object({ id: z.string(), name: z.string(), leafEntityCount: z.int(), latitude: z.number(), longitude: z.number() });

/** Locations: those that blueprints can name, and those in use. */
export function addLocations(api: Api, { server, plane }: ApiContext): void {
  const definitionOf = (token: string) => {
    const definitions = server.locations.definitions();
    const found = definitions.find(({ id }) => id === token) ?? definitions.find(({ name }) => name === token);
    if (found === undefined) throw notFound(`Location '${token}' not found`, token, definitions.map(({ name }) => name));
    return found;
  };

  api.get("/locations", { schema: { tags, summary: "Locations that blueprints can name", response: { 200: z.array(LocationSummary), ...failures } } }, async () =>
    server.locations.definitions().map((definition) => definitionSummary(definition)),
  );

  api.post(
    "/locations",
    {
      config: { body: "json" },
      schema: { tags, summary: "Define a location that blueprints can name: it becomes an item of the catalog", consumes: [...consumes.json], body: NewLocation, response: { 201: LocationSummary, ...failures } },
    },
    async (request, reply) => {
      const { name, spec, displayName, config = {} } = request.body;
      if (server.locations.isTaken(name)) throw new ClockerError("conflict", `Cannot define location "${name}": the name is already taken`, { remedy: "Choose another name, or delete the other one first" });
      server.locations.check({ spec, config });
      await server.catalogStore.add(bundleOf({ name, spec, displayName, config }));
      return reply.code(201).header("location", absolute(request, links.location(name))).send(definitionSummary(definitionOf(name)));
    },
  );

  api.get("/locations/usage/LocatedLocations", { schema: { tags, summary: "Locations with coordinates, by id, and how many leaf entities are there", response: { 200: z.record(z.string(), Located), ...failures } } }, async () => {
    const leaves = leavesByLocation(plane.entities.all());
    return Object.fromEntries(
      server.locations.inUse().flatMap(({ id, name, config }) => {
        const [latitude, longitude] = [coordinate(config["latitude"]), coordinate(config["longitude"])];
        return latitude === undefined || longitude === undefined ? [] : [[id, { id, name, leafEntityCount: leaves.get(id) ?? 0, latitude, longitude }]];
      }),
    );
  });

  api.get(
    "/locations/:location",
    { schema: { tags, summary: "A location in use by id, or a definition by id or name", params: inPath, querystring: z.object({ full: flag(false) }), response: { 200: LocationSummary, ...failures } } },
    async ({ params, query }) => {
      const inUse = server.locations.location(params.location);
      return inUse === undefined ? definitionSummary(definitionOf(params.location)) : locationSummary(inUse, query.full ? "inherited" : "local");
    },
  );

  api.delete("/locations/:location", { schema: { tags, summary: "Remove a definition from the catalog; what runs there goes on", params: inPath, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    const { name } = definitionOf(params.location);
    const item = server.catalog.versions(name).find(({ itemType }) => itemType === "location");
    if (item === undefined) throw new ClockerError("forbidden", `Cannot remove location "${name}": it is not in the catalog`, { remedy: "Remove it where it is defined: the properties file, or the application that makes it" });
    await server.catalogStore.remove(item.id, item.version);
    return reply.code(204).send(null);
  });
}

function bundleOf({ name, spec, displayName, config }: { name: string; spec: string; displayName: string | undefined; config: Record<string, Json> }): string {
  const item = { id: name, itemType: "location", ...(displayName === undefined ? {} : { name: displayName }), item: { type: spec, "brooklyn.config": config } };
  return stringify({ "brooklyn.catalog": { bundle: `location-${name}`, version: "0.0.0-SNAPSHOT", items: [item] } });
}

function leavesByLocation(entities: Iterable<Entity>): Map<string, number> {
  const leaves = new Map<string, number>();
  for (const entity of entities) {
    if (entity.children.length > 0) continue;
    const ids = new Set<string>();
    for (const location of entity.locations) for (let each: typeof location | undefined = location; each !== undefined; each = each.parent) ids.add(each.id);
    for (const id of ids) leaves.set(id, (leaves.get(id) ?? 0) + 1);
  }
  return leaves;
}

function coordinate(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    return types.double.coerce(value);
  } catch (error) {
    if (error instanceof CoercionError) return undefined;
    throw error;
  }
}
