import { Secret } from "../secrets/secret.ts";
import { type PropertyMap, stripped } from "./property-map.ts";

/** Who may use the console and the API: the properties `brooklyn.webconsole.*` (Brooklyn's `BrooklynWebConfig`). */
export interface ConsoleSecurity {
  /** Whether any `brooklyn.webconsole.security.*` property is set; without one, only this computer may connect. */
  readonly configured: boolean;
  /** The security provider's class name, as Brooklyn names it; undefined: the users below. */
  readonly provider: string | undefined;
  /** The users that may log in; `anyUser` lets every user that has credentials (`users=*`). */
  readonly users: readonly string[];
  readonly anyUser: boolean;
  /** What a user's password is checked against; undefined for a user without any. */
  credentials(user: string): ConsoleCredentials | undefined;
  readonly httpsRequired: boolean;
  /** Paths below which nobody has to sign in, without slashes around them. */
  readonly unauthenticated: readonly string[];
  /** Another setting: `ldap.url` of `brooklyn.webconsole.security.ldap.url`. Blank ones count as not set. */
  setting(name: string): string | undefined;
  /** The properties whose names begin with a prefix, without it. */
  withPrefix(prefix: string): ReadonlyMap<string, string>;
  /** A port or range, `8081+`; undefined when the command line's counts. */
  readonly port: string | undefined;
}

/** The password itself counts when it is given; otherwise the hash: SHA-256 of salt and password, in hexadecimal digits. */
export type ConsoleCredentials = { readonly password: Secret } | { readonly salt: string; readonly sha256: Secret };

const prefix = "brooklyn.webconsole.security.";

export function consoleSecurity(properties: PropertyMap): ConsoleSecurity {
  const get = (key: string): string | undefined => properties.get(key)?.value;
  const users = get(`${prefix}users`);
  return {
    configured: [...properties.keys()].some((key) => key.startsWith(prefix)),
    provider: get(`${prefix}provider`),
    users: users === undefined || users === "*" ? [] : namesIn(users),
    anyUser: users === "*",
    credentials: (user) => credentialsOf(user, get),
    httpsRequired: get(`${prefix}https.required`)?.toLowerCase() === "true",
    unauthenticated: namesIn(get(`${prefix}unauthenticated.endpoints`) ?? "").map((path) => path.replaceAll(/^\/+|\/+$/g, "")).filter((path) => path !== ""),
    setting: (name) => {
      const value = get(`${prefix}${name}`)?.trim();
      return value === "" ? undefined : value;
    },
    withPrefix: (start) => stripped(properties, start),
    port: get("brooklyn.webconsole.port"),
  };
}

function credentialsOf(user: string, get: (key: string) => string | undefined): ConsoleCredentials | undefined {
  const password = get(`${prefix}user.${user}.password`);
  if (password !== undefined) return { password: new Secret(password) };
  const sha256 = get(`${prefix}user.${user}.sha256`);
  if (sha256 === undefined) return undefined;
  return { salt: get(`${prefix}user.${user}.salt`) ?? "", sha256: new Secret(sha256.toLowerCase()) };
}

function namesIn(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
