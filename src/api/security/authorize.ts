import { ClockerError } from "../../model/errors.ts";
import type { Api } from "../api-context.ts";
import { isFilteredList, permissionOf, permissions } from "./permissions.ts";
import { isReading } from "../http/reply-headers.ts";
import type { AccessRules } from "./access-rules.ts";

/** Lets a request pass when the caller has the permission that its route declares: in one place, for all routes. */
export function requirePermission(api: Api, rules: AccessRules): void {
  api.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) {
      if (permissionOf(each, url) === undefined) throw new ClockerError("internal", `The route ${each} ${url} declares no permission`, { remedy: "Declare it in src/api/security/permissions.ts" });
    }
  });
  api.addHook("onRequest", async (request, reply) => {
    const { url } = request.routeOptions;
    if (url === undefined) return;
    const permission = permissionOf(request.method, url);
    if (permission !== undefined && rules.entitled(request.caller, permission)) return;
    // What the properties open to everybody can be looked at whatever roles there are.
    if (request.caller === undefined && isReading(request.method) && rules.isUnauthenticated(request.url.split("?", 1)[0] ?? "")) return;
    if (isFilteredList(request.method, url)) return reply.send([]);
    throw new ClockerError("forbidden", `User '${request.user ?? "anonymous"}' is not authorized to ${permission === undefined ? "do this" : permissions[permission]}`);
  });
}
