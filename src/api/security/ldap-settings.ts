import { type Filter, FilterParser } from "ldapts";
import type { ConsoleSecurity } from "../../management/properties/console-security.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";

const PREFIX = "brooklyn.webconsole.security.";

/** How a directory is asked: the properties `brooklyn.webconsole.security.ldap.*` (reference, 9.4). */
export interface LdapSettings {
  readonly url: string;
  /** `example.org` as `example`, `org`. */
  readonly domain: readonly string[];
  /** The organizational units of people, the innermost first. */
  readonly units: readonly string[];
  readonly fetchesGroups: boolean;
  /** Groups that let anybody in: those that a property gives a role; undefined: all. */
  readonly validGroups: ReadonlySet<string> | undefined;
  /** Where groups are looked for; undefined: only in the user's `memberOf`. */
  readonly groupUnits: readonly string[] | undefined;
  readonly groupFilter: Filter | undefined;
  readonly isRecursive: boolean;
  readonly logsSignIns: boolean;
  /** Whether a name is one that the directory is asked about at all. */
  takes(user: string): boolean;
}

/** @throws ClockerError `invalid-value` naming the property */
export function ldapSettings(security: ConsoleSecurity): LdapSettings {
  const get = (name: string): string | undefined => security.setting(`ldap.${name}`)?.replaceAll('"', "");
  const url = get("url");
  if (url === undefined) throw new ClockerError("invalid-value", `Cannot ask a directory: ${PREFIX}ldap.url is missing`, { remedy: "Set it to ldap://HOST:389 or ldaps://HOST:636" });
  if (!/^ldaps?:\/\/[^/\s]+\/?$/i.test(url)) throw new ClockerError("invalid-value", `Cannot use ${PREFIX}ldap.url=${url}: expected ldap://HOST:PORT or ldaps://HOST:PORT`);
  const fetchesGroups = flag("fetch_user_group", get("fetch_user_group"));
  const groupKey = get("group_config_key");
  const groupUnits = get("group_ou");
  return {
    url: url.replace(/\/$/, ""),
    domain: parts(get("realm") ?? ""),
    units: parts(get("ou") ?? "Users"),
    fetchesGroups,
    validGroups: groupKey === undefined ? undefined : new Set(security.withPrefix(`${groupKey}.`).keys()),
    groupUnits: groupUnits === undefined ? undefined : parts(groupUnits),
    groupFilter: filterOf(security.setting("ldap.group_filter")),
    isRecursive: flag("recursive", get("recursive")),
    logsSignIns: flag("login_info_log", get("login_info_log")),
    takes: namesTaken(security),
  };
}

/** Names are `user`, `DOMAIN\user` and `user@domain`; each part must match its pattern, where there is one. */
function namesTaken(security: ConsoleSecurity): (user: string) => boolean {
  const userName = pattern(security, "user_name_regex");
  const domainName = pattern(security, "domain_name_regex");
  const realms = pattern(security, "allowed_realms_regex");
  return (text) => {
    const [, before, , user = "", after] = /^(?:([^\\]*)(\\))?([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
    const domain = before ?? after;
    if (user === "" || (userName !== undefined && !userName.test(user))) return false;
    if (domain === undefined) return true;
    return (domainName?.test(domain) ?? true) && (realms?.test(domain) ?? true);
  };
}

function pattern(security: ConsoleSecurity, name: string): RegExp | undefined {
  const text = security.setting(`ldap.${name}`);
  if (text === undefined) return undefined;
  try {
    return new RegExp(`^(?:${text})$`);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot use ${PREFIX}ldap.${name}=${text}: ${messageOf(error)}`);
  }
}

function filterOf(text: string | undefined): Filter | undefined {
  if (text === undefined) return undefined;
  try {
    return FilterParser.parseString(text);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot use ${PREFIX}ldap.group_filter=${text}: ${messageOf(error)}`, { remedy: "Write a filter such as (objectClass=groupOfNames)" });
  }
}

function flag(name: string, text: string | undefined): boolean {
  const lower = text?.toLowerCase() ?? "false";
  if (lower === "true" || lower === "false") return lower === "true";
  throw new ClockerError("invalid-value", `Cannot use ${PREFIX}ldap.${name}=${text}: expected true or false`);
}

function parts(text: string): string[] {
  return text.split(".").map((part) => part.trim()).filter((part) => part !== "");
}
