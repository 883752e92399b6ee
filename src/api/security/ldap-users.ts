import { createHmac, randomBytes } from "node:crypto";
import { AndFilter, Client, DN, EqualityFilter, InvalidCredentialsError, OrFilter } from "ldapts";
import type { ConsoleSecurity } from "../../management/properties/console-security.ts";
import type { Clock } from "../../model/clock.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { type LdapSettings, ldapSettings } from "./ldap-settings.ts";
import type { Caller, Gate } from "./users.ts";

/** Where sign-ins are told of, when `ldap.login_info_log` asks for it. */
export interface LdapLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const CONNECT_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 10_000;
/** How long a password that was right is not asked for again: milliseconds. */
const FRESH = 30_000;
const REMEMBERED = 1_000;
/** Groups in groups in groups. */
const DEEPEST = 10;

/**
 * Users of a directory: who can bind there with name and password may come in (Brooklyn's `LdapSecurityProvider`).
 * @throws ClockerError `invalid-value` for settings that are missing or wrong; sign-ins are rejected with `unreachable` while the directory does not answer
 */
export function ldapUsers(security: ConsoleSecurity, clock: Pick<Clock, "now">, log: LdapLog): Gate {
  const settings = ldapSettings(security);
  const remembered = new RightPasswords(clock);
  return {
    kind: "users",
    accepts: async (user, password) => {
      const known = remembered.find(user, password);
      if (known !== undefined) return known;
      const caller = await signIn(settings, user, password, log);
      if (settings.logsSignIns) log.info({ user, groups: caller?.groups?.join(", ") }, caller === undefined ? "Sign-in refused by the directory" : "Signed in by the directory");
      if (caller !== undefined) remembered.add(user, password, caller);
      return caller;
    },
  };
}

async function signIn(settings: LdapSettings, user: string, password: string, log: LdapLog): Promise<Caller | undefined> {
  // A directory takes an empty password for a wish to stay anonymous, and says yes.
  if (password === "" || !settings.takes(user)) return undefined;
  const client = new Client({ url: settings.url, connectTimeout: CONNECT_TIMEOUT, timeout: ANSWER_TIMEOUT, strictDN: false });
  try {
    await client.bind(principalOf(settings, user), password);
    if (!settings.fetchesGroups) return { user };
    const groups = (await groupsOf(client, settings, user)).filter((group) => settings.validGroups === undefined || settings.validGroups.has(group));
    return groups.length === 0 ? undefined : { user, groups };
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return undefined;
    log.warn({ url: settings.url, error: messageOf(error) }, "The directory did not sign in a user");
    throw new ClockerError("unreachable", `Cannot ask the directory at ${settings.url} who you are`, { cause: error, remedy: "Try again later, or check brooklyn.webconsole.security.ldap.*" });
  } finally {
    await client.unbind().catch((error: unknown) => log.warn({ error: messageOf(error) }, "Cannot end the connection to the directory"));
  }
}

/** `user@domain` and `DOMAIN\user` are names that a directory knows by themselves; others are people below the organizational unit. */
function principalOf({ units, domain }: LdapSettings, user: string): string {
  if (/[@\\]/.test(user)) return user;
  return new DN({ cn: user, ou: [...units], dc: [...domain] }).toString();
}

function container(units: readonly string[], domain: readonly string[]): string {
  return new DN({ ou: [...units], dc: [...domain] }).toString();
}

/** The names of the groups that a user is in: by `memberOf` of the user's entry, or by looking through the unit that holds the groups. */
async function groupsOf(client: Client, settings: LdapSettings, user: string): Promise<string[]> {
  const { units, domain, groupUnits } = settings;
  const account = user.slice(user.lastIndexOf("\\") + 1).split("@", 1)[0] ?? user;
  const isUser = new OrFilter({ filters: ["sAMAccountName", "cn", "uid"].map((attribute) => new EqualityFilter({ attribute, value: account })) });
  const people = await client.search(container(units, domain), { scope: "sub", filter: isUser, attributes: ["memberOf"] });
  const entries = people.searchEntries.map((entry) => ({ dn: entry.dn, groups: textsOf(entry["memberOf"]) }));
  if (groupUnits === undefined) {
    const direct = entries.flatMap(({ groups }) => groups);
    return [...new Set(settings.isRecursive ? await withParents(client, direct) : direct)].map(nameOf);
  }
  const found = new Map<string, string>();
  let asked: readonly string[] = entries.map(({ dn }) => dn);
  for (let depth = 0; asked.length > 0 && depth < (settings.isRecursive ? DEEPEST : 1); depth++) {
    const groups = await groupsWith(client, settings, groupUnits, asked, depth === 0 ? account : undefined);
    asked = groups.filter(({ dn }) => !found.has(dn)).map(({ dn }) => dn);
    for (const { dn, name } of groups) found.set(dn, name);
  }
  return [...new Set(found.values())];
}

async function groupsWith(client: Client, { domain, groupFilter }: LdapSettings, groupUnits: readonly string[], members: readonly string[], account: string | undefined): Promise<{ dn: string; name: string }[]> {
  const byDn = members.flatMap((value) => ["member", "uniqueMember"].map((attribute) => new EqualityFilter({ attribute, value })));
  const holds = new OrFilter({ filters: [...byDn, ...(account === undefined ? [] : [new EqualityFilter({ attribute: "memberUid", value: account })])] });
  const filter = groupFilter === undefined ? holds : new AndFilter({ filters: [groupFilter, holds] });
  const { searchEntries } = await client.search(container(groupUnits, domain), { scope: "sub", filter, attributes: ["cn"] });
  return searchEntries.map((entry) => ({ dn: entry.dn, name: textsOf(entry["cn"])[0] ?? nameOf(entry.dn) }));
}

/** Groups, and those that they are in themselves. */
async function withParents(client: Client, direct: readonly string[]): Promise<string[]> {
  const found = new Set(direct);
  let level: readonly string[] = direct;
  for (let depth = 0; level.length > 0 && depth < DEEPEST; depth++) {
    const next: string[] = [];
    for (const dn of level) {
      const { searchEntries } = await client.search(dn, { scope: "base", attributes: ["memberOf"] });
      next.push(...searchEntries.flatMap((entry) => textsOf(entry["memberOf"])).filter((parent) => !found.has(parent)));
    }
    for (const dn of next) found.add(dn);
    level = next;
  }
  return [...found];
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((each) => typeof each === "string" && each !== "").map(String);
}

/** `cn=admins,ou=Groups,…` is the group `admins`. */
function nameOf(dn: string): string {
  return /^cn=((?:[^,\\]|\\.)+)/i.exec(dn)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? dn;
}

/** Saves the directory a question for each request of a command line; passwords are kept as hashes with a key that ends with the process. */
class RightPasswords {
  readonly #clock: Pick<Clock, "now">;
  readonly #key = randomBytes(32);
  readonly #known = new Map<string, { until: number; caller: Caller }>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  find(user: string, password: string): Caller | undefined {
    const found = this.#known.get(this.#hash(user, password));
    return found !== undefined && found.until > this.#clock.now() ? found.caller : undefined;
  }

  add(user: string, password: string, caller: Caller): void {
    const hash = this.#hash(user, password);
    this.#known.delete(hash);
    this.#known.set(hash, { until: this.#clock.now() + FRESH, caller });
    const oldest = this.#known.size > REMEMBERED ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  #hash(user: string, password: string): string {
    return createHmac("sha256", this.#key).update(JSON.stringify([user, password])).digest("base64");
  }
}
