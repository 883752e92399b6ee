import { homedir } from "node:os";
import path from "node:path";
import type { Clock } from "../model/clock.ts";
import type { Secrets } from "../model/management.ts";
import type { HostClaims } from "./byon/host-claims.ts";

/** What every provider is made from. */
export interface ProviderConfig {
  /** The server's data directory: keys are kept in `keys/`. */
  dataDir: string;
  /** Where what was built is kept between runs and shared between data directories; `defaultCacheDir()` when absent. */
  cacheDir?: string;
  /** The management plane's id; machines are labelled with it. */
  owner: string;
  /** The location's config, as YAML or the properties file gave it. */
  properties: Readonly<Record<string, unknown>>;
  clock: Clock;
  /** Which given hosts are in use anywhere in the plane; only the provider's own requests are known when absent. */
  hostClaims?: HostClaims;
  /** Seals passwords, so that no description holds one in clear. */
  secrets: Secrets;
}

/** `~/.cache/clocker`, or where the XDG base directory specification puts it. */
export function defaultCacheDir(): string {
  return path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "clocker");
}
