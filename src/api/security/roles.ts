import type { Properties } from "../../management/properties/properties.ts";
import { ClockerError } from "../../model/errors.ts";
import { permissions, type Permission } from "./permissions.ts";

const all = Object.keys(permissions) as Permission[];
const seeing: Permission[] = ["any", "entity.see", "config.see", "sensor.see", "activity.streams.see", "catalog.see", "location.see", "server.status"];
const administering: Permission[] = ["server.admin", "server.info", "logbook.query", "audit.see"];

/** Roles by the names that properties give them, in any case (reference, 9.5). Clocker runs no scripts, so that `powerUser` is all but ending and exporting the server. */
const roles: Readonly<Record<string, readonly Permission[]>> = {
  root: all,
  poweruser: all.filter((each) => each !== "server.admin"),
  blueprintauthor: all.filter((each) => !administering.includes(each)),
  user: all.filter((each) => !administering.includes(each) && each !== "entity.modify"),
  readonly: seeing,
  logviewer: ["any", "logbook.query"],
  minimal: ["any"],
};

/** Whether a user, undefined where nobody signs in, has a permission. */
export type Entitlements = (user: string | undefined, permission: Permission) => boolean;

/**
 * Who may do what: `brooklyn.entitlements.global` and `brooklyn.entitlements.perUser.*`. Without any, everybody who can sign in may do everything, as in Brooklyn.
 * @throws ClockerError `invalid-value` for a role that is not known
 */
export function entitlementsOf(properties: Pick<Properties, "get" | "withPrefix">): Entitlements {
  const global = properties.get("brooklyn.entitlements.global");
  const perUser = properties.withPrefix("brooklyn.entitlements.perUser.");
  // Roles for single users and no word of the others: meant to restrict.
  if (global === undefined ? perUser.size > 0 : global.endsWith("PerUserEntitlementManager")) {
    const known = new Map([...perUser].map(([user, role]) => [user, roleOf(role, `brooklyn.entitlements.perUser.${user}`)] as const));
    const others = known.get("default") ?? roleOf("minimal", "");
    return (user, permission) => ((user === undefined ? undefined : known.get(user)) ?? others).has(permission);
  }
  const role = roleOf(global ?? "root", "brooklyn.entitlements.global");
  return (_user, permission) => role.has(permission);
}

function roleOf(text: string, property: string): ReadonlySet<Permission> {
  const found = Object.hasOwn(roles, text.trim().toLowerCase()) ? roles[text.trim().toLowerCase()] : undefined;
  if (found !== undefined) return new Set(found);
  throw new ClockerError("invalid-value", `Cannot use ${property}=${text}: there is no role of this name`, { remedy: "It is one of root, powerUser, blueprintAuthor, user, readonly, logViewer and minimal" });
}
