import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ConsoleSecurity } from "../../management/properties/console-security.ts";
import { systemClock } from "../../management/system-clock.ts";
import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { type LdapLog, ldapUsers } from "./ldap-users.ts";

/** Somebody who has signed in. */
export interface Caller {
  readonly user: string;
  /** The groups that a directory has the user in, where roles belong to groups. */
  readonly groups?: readonly string[];
}

/** Who may use the API: everybody, or those with a password. `accepts` resolves with nothing for a wrong one. */
export type Gate = { readonly kind: "open" } | { readonly kind: "users"; accepts(user: string, password: string): Promise<Caller | undefined> };

export interface GateOptions {
  /** Told the password of the user `brooklyn`, where that is made anew at each start. */
  readonly announce?: (password: string) => void;
  readonly log?: LdapLog;
  readonly clock?: Pick<Clock, "now">;
}

/**
 * The gate that the properties `brooklyn.webconsole.security.*` describe.
 * @throws ClockerError `invalid-value` for a provider that is not there, and for users without a password.
 */
export function gateOf(security: ConsoleSecurity, options: GateOptions = {}): Gate {
  const { provider } = security;
  const bundle = security.setting("provider.bundle.symbolicName");
  if (bundle !== undefined) throw new ClockerError("invalid-value", `Cannot use the security provider of the bundle "${bundle}": Clocker loads no Java bundles`, { remedy: "Leave brooklyn.webconsole.security.provider.bundle.* out, and use one of the providers that Clocker has" });
  const name = provider?.trim().slice(provider.lastIndexOf(".") + 1);
  switch (name) {
    case "AnyoneSecurityProvider":
      return { kind: "open" };
    case "BlackholeSecurityProvider":
      return { kind: "users", accepts: async () => undefined };
    case "BrooklynUserWithRandomPasswordSecurityProvider":
      return randomPassword(options.announce ?? (() => {}));
    case "LdapSecurityProvider":
      return ldapUsers(security, options.clock ?? systemClock, options.log ?? { info: () => {}, warn: () => {} });
    case undefined:
    case "":
    case "ExplicitUsersSecurityProvider":
    // It delegates to what is configured: here that is the users.
    case "DelegatingSecurityProvider":
      return explicitUsers(security);
    default:
      throw new ClockerError("invalid-value", `Cannot use the security provider "${provider}": Clocker has none of this name`, {
        remedy: "There are ExplicitUsersSecurityProvider, LdapSecurityProvider, BrooklynUserWithRandomPasswordSecurityProvider, AnyoneSecurityProvider and BlackholeSecurityProvider",
      });
  }
}

function randomPassword(announce: (password: string) => void): Gate {
  const password = randomBytes(9).toString("base64url");
  announce(password);
  return { kind: "users", accepts: async (user, given) => (equal(sha256(given), sha256(password)) && user === "brooklyn" ? { user } : undefined) };
}

function explicitUsers(security: ConsoleSecurity): Gate {
  if (!security.configured) return { kind: "open" };
  const { users, anyUser } = security;
  if (!anyUser && users.length === 0) {
    throw new ClockerError("invalid-value", "Cannot secure the console: no user is named", { remedy: "Set brooklyn.webconsole.security.users=NAME and brooklyn.webconsole.security.user.NAME.password" });
  }
  const without = users.find((user) => security.credentials(user) === undefined);
  if (without !== undefined) {
    throw new ClockerError("invalid-value", `Cannot secure the console: user "${without}" has no password`, { remedy: `Set brooklyn.webconsole.security.user.${without}.password, or .salt and .sha256` });
  }
  return { kind: "users", accepts: async (user, password) => (passwordMatches(security, anyUser || users.includes(user) ? user : undefined, password) ? { user } : undefined) };
}

/** Takes as long for an unknown user as for a known one. */
function passwordMatches(security: ConsoleSecurity, user: string | undefined, password: string): boolean {
  const credentials = user === undefined ? undefined : security.credentials(user);
  if (credentials === undefined) {
    equal(sha256(password), sha256("nobody has this password"));
    return false;
  }
  if ("password" in credentials) return equal(sha256(password), sha256(credentials.password.reveal()));
  return equal(sha256(credentials.salt + password), credentials.sha256.reveal());
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
