import { z } from "zod";
import type { Api, ApiContext } from "../api-context.ts";
import { notFound } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { definitionSummary, locationSummary, LocationSummary } from "../shapes/location-summary.ts";

const tags = ["locations"];

/** Locations: those that blueprints can name, and those in use. */
export function addLocations(api: Api, { server }: ApiContext): void {
  api.get("/locations", { schema: { tags, summary: "Locations that blueprints can name", response: { 200: z.array(LocationSummary), ...failures } } }, async () =>
    server.locations.definitions().map((definition) => definitionSummary(definition)),
  );

  api.get(
    "/locations/:location",
    {
      schema: {
        tags,
        summary: "A location in use by id, or a definition by id or name",
        params: z.object({ location: z.string() }),
        querystring: z.object({ full: flag(false) }),
        response: { 200: LocationSummary, ...failures },
      },
    },
    async ({ params, query }) => {
      const inUse = server.locations.location(params.location);
      if (inUse !== undefined) return locationSummary(inUse, query.full ? "inherited" : "local");
      const definitions = server.locations.definitions();
      const definition = definitions.find(({ id }) => id === params.location) ?? definitions.find(({ name }) => name === params.location);
      if (definition === undefined) throw notFound(`Location '${params.location}' not found`, params.location, definitions.map(({ name }) => name));
      return definitionSummary(definition);
    },
  );
}
