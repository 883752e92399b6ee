import type { Properties } from "../../management/properties/properties.ts";
import { ClockerError } from "../../model/errors.ts";

/** What pages of other sites may do through the browser of somebody who may: Brooklyn's `org.apache.brooklyn.rest.filter.cors.cfg` (reference, 1.3). */
export interface CorsRules {
  /** Exact origins; empty: all. */
  readonly origins: ReadonlySet<string>;
  /** Headers that requests may have; empty: all. */
  readonly headers: ReadonlySet<string>;
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  /** Seconds that a browser may keep a preflight's answer; undefined: not said. */
  readonly maxAge: number | undefined;
  /** The status of a preflight that is refused. */
  readonly refusedStatus: number;
  /** Whether answers to callers who have not signed in say nothing of it. */
  readonly blockIfUnauthorized: boolean;
}

/** @throws ClockerError `invalid-value`; `forbidden` when all pages of the web could use a server without users */
export function corsOf(properties: Properties): CorsRules | undefined {
  const get = (key: string): string | undefined => properties.get(`cors.${key}`);
  if (!flagOf("cors.enabled", get("enabled"))) return undefined;
  const origins = new Set(listOf(get("allow.origins")));
  if (origins.size === 0 && !properties.console().configured) {
    throw new ClockerError("forbidden", "Cannot let the pages of all other sites in: no users are configured, so that any page could use the server", { remedy: "Set cors.allow.origins to the sites that may, or configure users" });
  }
  const maxAge = integerOf("cors.max.age", get("max.age"), -1);
  return {
    origins,
    headers: new Set(listOf(get("allow.headers")).map((name) => name.toLowerCase())),
    exposed: listOf(get("expose.headers")),
    credentials: flagOf("cors.allow.credentials", get("allow.credentials")),
    maxAge: maxAge < 0 ? undefined : maxAge,
    refusedStatus: integerOf("cors.preflight.error.status", get("preflight.error.status"), 200),
    blockIfUnauthorized: flagOf("cors.block.if.unauthorized", get("block.if.unauthorized")),
  };
}

export function isAllowedOrigin(rules: CorsRules | undefined, origin: string): boolean {
  return rules !== undefined && (rules.origins.size === 0 || rules.origins.has(origin));
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").map((each) => each.trim()).filter((each) => each !== "");
}

function flagOf(key: string, text: string | undefined): boolean {
  const lower = text?.trim().toLowerCase() ?? "false";
  if (lower === "true" || lower === "false") return lower === "true";
  throw new ClockerError("invalid-value", `Cannot use ${key}=${text}: expected true or false`);
}

function integerOf(key: string, text: string | undefined, absent: number): number {
  if (text === undefined || text.trim() === "") return absent;
  if (/^-?\d{1,9}$/.test(text.trim())) return Number(text);
  throw new ClockerError("invalid-value", `Cannot use ${key}=${text}: expected a whole number`);
}
