import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ConsoleSecurity } from "../../management/properties/console-security.ts";
import { ClockerError } from "../../model/errors.ts";

/** Who may use the API: everybody, or those with a password. */
export type Gate = { readonly kind: "open" } | { readonly kind: "users"; accepts(user: string, password: string): boolean };

/**
 * The gate that the properties `brooklyn.webconsole.security.*` describe.
 * @param announce told the password of the user `brooklyn`, where that is made anew at each start
 * @throws ClockerError `invalid-value` for a provider that is not there, and for users without a password.
 */
export function gateOf(security: ConsoleSecurity, announce: (password: string) => void = () => {}): Gate {
  const { provider } = security;
  const name = provider?.slice(provider.lastIndexOf(".") + 1);
  switch (name) {
    case "AnyoneSecurityProvider":
      return { kind: "open" };
    case "BlackholeSecurityProvider":
      return { kind: "users", accepts: () => false };
    case "BrooklynUserWithRandomPasswordSecurityProvider":
      return randomPassword(announce);
    case undefined:
    case "ExplicitUsersSecurityProvider":
      return explicitUsers(security);
    default:
      throw new ClockerError("invalid-value", `Cannot use the security provider "${provider}": Clocker has none of this name`, {
        remedy: "Set brooklyn.webconsole.security.users and their passwords, and leave brooklyn.webconsole.security.provider out",
      });
  }
}

function randomPassword(announce: (password: string) => void): Gate {
  const password = randomBytes(9).toString("base64url");
  announce(password);
  return { kind: "users", accepts: (user, given) => equal(sha256(given), sha256(password)) && user === "brooklyn" };
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
  return { kind: "users", accepts: (user, password) => passwordMatches(security, anyUser || users.includes(user) ? user : undefined, password) };
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
