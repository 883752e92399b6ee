import { stringify } from "yaml";
import { z } from "zod";
import type { Api, ApiContext } from "../api-context.ts";
import { asSwagger2 } from "../openapi/swagger2.ts";
import { failures } from "../shapes/api-error.ts";

const Module = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    description: z.string(),
    icon: z.string(),
    types: z.array(z.string()),
    supersedesBundles: z.array(z.string()),
    stopExisting: z.boolean(),
    path: z.string(),
    actions: z.array(z.object({ name: z.string(), path: z.string(), icon: z.string() })),
    order: z.int(),
    bundleId: z.string(),
  })
  .meta({ id: "UiModule" });

const modules: z.infer<typeof Module>[] = [
  { id: "c10c4e60-0000-4000-8000-000000000001", name: "Status", slug: "status", description: "What runs", icon: "fa-tachometer", path: "/" },
  { id: "c10c4e60-0000-4000-8000-000000000002", name: "REST API", slug: "docs", description: "The REST API's documentation", icon: "fa-book", path: "/docs" },
].map((page, index) => ({ ...page, types: ["home-ui-module"], supersedesBundles: [], stopExisting: true, actions: [], order: (index + 1) * 10, bundleId: "clocker" }));

/** What Brooklyn's web pages ask for beside the REST API (reference, 1.5), and their description of it. */
export function addWebPages(api: Api, _context: ApiContext): void {
  api.get("/ui-module-registry", { schema: { tags: ["pages"], summary: "The web pages of this server", response: { 200: z.array(Module), ...failures } } }, async () => modules.toSorted((a, b) => a.name.localeCompare(b.name)));
  api.get(
    "/ui-metadata-registry",
    { schema: { tags: ["pages"], summary: "Names and icons for pages, by type and id", querystring: z.object({ type: z.string().optional(), id: z.string().optional() }), response: { 200: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string()))), ...failures } } },
    async ({ query }) => {
      const known: Record<string, Record<string, Record<string, string>>> = { location: locationNames };
      const wanted = Object.entries(known).filter(([type]) => query.type === undefined || query.type === type);
      return Object.fromEntries(wanted.map(([type, byId]) => [type, Object.fromEntries(Object.entries(byId).filter(([id]) => query.id === undefined || query.id === id))]));
    },
  );
  // Brooklyn's page of the REST API reads this, and knows nothing newer than Swagger 2.
  api.get("/apidoc/swagger.json", { schema: { tags: ["pages"], summary: "This API in Swagger 2", response: { 200: z.unknown(), ...failures } } }, async () => asSwagger2(api.swagger()));
  api.get("/apidoc/swagger.yaml", { schema: { tags: ["pages"], produces: ["application/yaml"], summary: "This API in Swagger 2, as YAML", response: { 200: z.string(), ...failures } } }, async (_request, reply) => reply.type("application/yaml").send(stringify(asSwagger2(api.swagger()), { aliasDuplicateObjects: false })));
}

const locationNames = { localhost: { name: "This computer" }, byon: { name: "Given machines, over SSH" }, local: { name: "Machines made on this computer" } };
