/** What a caller needs to be allowed (reference, 9.5). `any`: being signed in is enough. */
export const permissions = {
  any: "use the server",
  "entity.see": "see entities",
  "entity.modify": "change entities",
  "entity.rename": "rename entities",
  "config.see": "see config",
  "sensor.see": "see sensors",
  "activity.streams.see": "see the output of tasks",
  "effector.invoke": "invoke effectors",
  "entity.exec": "run commands in containers and on machines",
  "app.deploy": "deploy or remove applications",
  "policy.add": "add policies",
  "policy.delete": "remove policies",
  "policy.start": "start or stop policies",
  "catalog.see": "see the catalog",
  "catalog.add": "add to the catalog",
  "catalog.modify": "change the catalog",
  "location.see": "see locations",
  "location.add": "add locations",
  "location.delete": "remove locations",
  "server.status": "see the server's status",
  "server.info": "see all about the server",
  "logbook.query": "read the server's log",
  "audit.see": "see who changed what",
  "server.admin": "administer the server",
  "script.execute": "run scripts in the server",
} as const;
export type Permission = keyof typeof permissions;

const E = "/applications/:application/entities/:entity";
const ADJUNCT = `${E}/adjuncts/:adjunct`;
const POLICY = `${E}/policies/:policy`;
const BUNDLE = "/catalog/bundles/:name/:version";
const kinds = ["entities", "applications", "policies", "enrichers", "locations"];

/** The permission of every route under `/v1`: a route that is not here cannot be added. */
const declared: Readonly<Record<Permission, readonly string[]>> = {
  any: ["GET /server/user", "POST /logout", "GET /access", "GET /openapi.json", "GET /apidoc/swagger.json", "GET /apidoc/swagger.yaml", "GET /ui-module-registry", "GET /ui-metadata-registry"],
  "entity.see": [
    ...["", "/:application", "/:application/descendants", "/fetch", "/tree", "/details", "/:application/entities"].map((path) => `GET /applications${path}`),
    ...["", "/children", "/entities", "/activities", "/activities/:task", "/workflows", "/workflows/:workflow", "/relations", "/descendants", "/locations", "/tags", "/tag/get/:key", "/spec", "/speclist", "/icon", "/effectors", "/adjuncts", "/policies", "/policies/current-state"].map((path) => `GET ${E}${path}`),
    ...["", "/status", "/activities", "/icon"].map((path) => `GET ${ADJUNCT}${path}`),
    `GET ${POLICY}`,
    ...["", "/:task", "/:task/children", "/:task/children/recurse"].map((path) => `GET /activities${path}`),
    ...["GET /overview", "GET /events", "GET /find", "GET /workload", "GET /usage/applications", "GET /usage/applications/:application", "GET /usage/machines", "GET /usage/machines/:machine"],
  ],
  "entity.modify": [
    ...["/tag/add", "/tag/delete", "/tag/upsert/:key", "/config", "/config/:key", "/sensors", "/sensors/:sensor", "/workflows"].map((path) => `POST ${E}${path}`),
    `DELETE ${E}/sensors/:sensor`,
    `DELETE ${E}/workflows/:workflow`,
    `POST ${ADJUNCT}/config/:key`,
    `POST ${POLICY}/config/:key`,
    `POST ${POLICY}/config/:key/set`,
  ],
  "entity.rename": [`POST ${E}/name`],
  "config.see": [
    ...["POST /plan", "GET /applications/:application/revisions", "GET /applications/:application/revisions/:revision"],
    ...["", "/current-state", "/:key"].map((path) => `GET ${E}/config${path}`),
    ...["/config", "/config-current", "/config/:key"].map((path) => `GET ${ADJUNCT}${path}`),
    ...["/config", "/config/current-state", "/config/:key"].map((path) => `GET ${POLICY}${path}`),
  ],
  "sensor.see": [...["", "/current-state", "/:sensor"].map((path) => `GET ${E}/sensors${path}`), `GET ${E}/descendants/sensor/:sensor`, "GET /applications/:application/descendants/sensor/:sensor"],
  "activity.streams.see": ["GET /activities/:task/stream/:stream", "GET /activities/:task/logs", `GET ${E}/logs`],
  "entity.exec": [`GET ${E}/exec`],
  "effector.invoke": [`POST ${E}/effectors/:effector`, `POST ${E}/workflows/:workflow/replay/from/:step`, "POST /activities/:task/cancel"],
  "app.deploy": ["POST /apply", "POST /applications/:application/revisions/:revision/apply", "POST /applications", "POST /applications/createLegacy", "PUT /applications/:application", "DELETE /applications/:application", `POST ${E}/children`, `POST ${E}/expunge`],
  "policy.add": [`POST ${E}/adjuncts`, `POST ${E}/policies`],
  "policy.delete": [`DELETE ${ADJUNCT}`, `POST ${POLICY}/destroy`],
  "policy.start": [`POST ${ADJUNCT}/start`, `POST ${ADJUNCT}/stop`, `POST ${POLICY}/start`, `POST ${POLICY}/stop`],
  "catalog.see": [
    ...kinds.flatMap((kind) => ["", "/:id", "/:id/:version"].map((path) => `GET /catalog/${kind}${path}`)),
    ...["/icon/:id", "/icon/:id/:version", "/types", "/types/:id", "/types/:id/:version", "/types/:id/:version/icon", "/bundles", "/bundles/:name"].map((path) => `GET /catalog${path}`),
    ...["", "/icon", "/download", "/types", "/types/:type", "/types/:type/:typeVersion", "/types/:type/:typeVersion/icon"].map((path) => `GET ${BUNDLE}${path}`),
  ],
  "catalog.add": ["POST /catalog", "POST /catalog/bundles"],
  "catalog.modify": [
    ...kinds.flatMap((kind) => [`DELETE /catalog/${kind}/:id`, `DELETE /catalog/${kind}/:id/:version`]),
    `DELETE ${BUNDLE}`,
    ...["deprecated", "deprecated/:value", "disabled", "disabled/:value"].map((path) => `POST /catalog/entities/:item/${path}`),
  ],
  "location.see": ["GET /locations", "GET /locations/:location", "GET /locations/usage/LocatedLocations"],
  "location.add": ["POST /locations"],
  "location.delete": ["DELETE /locations/:location"],
  "server.status": [
    ...["GET /server/version", "GET /server/up", "GET /server/healthy", "GET /server/shuttingDown", "GET /server/up/extended", "GET /server/planeid", "GET /version"],
    ...["GET /server/ha/state", "GET /server/ha/states", "GET /server/ha/priority", "GET /server/ha/metrics", "GET /server/status", "GET /server/highAvailability"],
  ],
  "server.info": ["GET /server/config/:key"],
  "logbook.query": ["POST /logbook"],
  "audit.see": ["GET /audit", "GET /audit/verify"],
  "script.execute": ["POST /script/groovy"],
  "server.admin": ["POST /server/shutdown", "POST /server/properties/reload", "POST /server/ha/persist/import", "POST /catalog/reset", "POST /access/locationProvisioningAllowed", "GET /server/ha/persist/export", "POST /server/ha/priority", "POST /server/ha/state", "POST /server/ha/states/clear", "POST /server/ha/states/clear/node"],
};

const byRoute: ReadonlyMap<string, Permission> = new Map(Object.entries(declared).flatMap(([permission, routes]) => routes.map((route) => [route, permission as Permission] as const)));

/** Lists of things: who may not see them sees none (reference, 9.5). */
const lists = new Set(["/applications", "/applications/fetch", "/applications/tree", "/applications/details", "/locations", "/catalog/types", "/catalog/bundles", ...kinds.map((kind) => `/catalog/${kind}`)]);

/** The permission that a route declares; undefined for one that declares none. @param url the route's pattern, as Fastify has it */
export function permissionOf(method: string, url: string): Permission | undefined {
  if (!url.startsWith("/v1/")) return "any";
  return byRoute.get(`${method === "HEAD" ? "GET" : method} ${url.slice(3)}`);
}

/** Whether a route is a list that is filtered rather than refused. */
export function isFilteredList(method: string, url: string): boolean {
  return (method === "GET" || method === "HEAD") && lists.has(url.slice(3));
}
