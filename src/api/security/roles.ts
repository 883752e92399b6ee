import type { Properties } from "../../management/properties/properties.ts";
import { ClockerError } from "../../model/errors.ts";
import { permissions, type Permission } from "./permissions.ts";
import type { Caller } from "./users.ts";

const all = Object.keys(permissions) as Permission[];
const seeing: Permission[] = ["any", "entity.see", "config.see", "sensor.see", "activity.streams.see", "catalog.see", "location.see", "server.status"];
const administering: Permission[] = ["server.admin", "server.info", "logbook.query", "audit.see", "script.execute"];
const working = all.filter((each) => !administering.includes(each) && each !== "entity.modify");

/**
 * Roles by the names that properties give them, in any case (reference, 9.5). `blueprintAuthor` lacks of what `user` has only to add Java, which Clocker does not take at all.
 */
export const roles: Readonly<Record<string, readonly Permission[]>> = {
  root: all,
  poweruser: all.filter((each) => each !== "script.execute"),
  blueprintauthor: working,
  user: working,
  readonly: seeing,
  logviewer: ["any", "logbook.query"],
  minimal: ["any"],
};

/** Whether a caller, undefined where nobody signs in, has a permission. */
export type Entitlements = (caller: Caller | undefined, permission: Permission) => boolean;

/**
 * Who may do what: `brooklyn.entitlements.global` and `brooklyn.entitlements.perUser.*`. Without any, everybody who can sign in may do everything, as in Brooklyn.
 * @throws ClockerError `invalid-value` for a role that is not known
 */
export function entitlementsOf(properties: Pick<Properties, "get" | "withPrefix">): Entitlements {
  const global = properties.get("brooklyn.entitlements.global");
  const perUser = properties.withPrefix("brooklyn.entitlements.perUser.");
  // Roles for single users and no word of the others: meant to restrict.
  if (global === undefined ? perUser.size > 0 : global.endsWith("PerUserEntitlementManager")) {
    const byGroup = groupRoles(properties);
    const known = new Map([...perUser].filter(([user]) => user !== "global").map(([user, role]) => [user, roleOf(role, `brooklyn.entitlements.perUser.${user}`)] as const));
    const others = known.get("default") ?? roleOf(perUser.get("global") ?? "minimal", "brooklyn.entitlements.perUser.global");
    return (caller, permission) => byGroup(caller, permission) ?? ((caller === undefined ? undefined : known.get(caller.user)) ?? others).has(permission);
  }
  const byGroup = groupRoles(properties);
  const role = roleOf(global ?? "root", "brooklyn.entitlements.global");
  return (caller, permission) => byGroup(caller, permission) ?? role.has(permission);
}

/** What a directory's groups may do, where `ldap.group_config_key` names the beginning of properties `BEGINNING.GROUP=ROLE`: the roles of all of a caller's groups count. */
function groupRoles(properties: Pick<Properties, "get" | "withPrefix">): (caller: Caller | undefined, permission: Permission) => boolean | undefined {
  const start = properties.get("brooklyn.webconsole.security.ldap.group_config_key");
  if (start === undefined || start === "") return () => undefined;
  const known = new Map([...properties.withPrefix(`${start}.`)].filter(([, role]) => role !== "").map(([group, role]) => [group, roleOf(role, `${start}.${group}`)] as const));
  return (caller, permission) => {
    const found = (caller?.groups ?? []).flatMap((group) => known.get(group) ?? []);
    return found.length === 0 ? undefined : found.some((role) => role.has(permission));
  };
}

function roleOf(text: string, property: string): ReadonlySet<Permission> {
  const found = Object.hasOwn(roles, text.trim().toLowerCase()) ? roles[text.trim().toLowerCase()] : undefined;
  if (found !== undefined) return new Set(found);
  throw new ClockerError("invalid-value", `Cannot use ${property}=${text}: there is no role of this name`, { remedy: "It is one of root, powerUser, blueprintAuthor, user, readonly, logViewer and minimal" });
}
