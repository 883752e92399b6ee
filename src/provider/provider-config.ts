import type { Clock } from "../model/clock.ts";
import type { Secrets } from "../model/management.ts";

/** What every provider is made from. */
export interface ProviderConfig {
  /** The server's data directory: keys are kept in `keys/`, what was downloaded or built in `cache/`. */
  dataDir: string;
  /** The management plane's id; machines are labelled with it. */
  owner: string;
  /** The location's config, as YAML or the properties file gave it. */
  properties: Readonly<Record<string, unknown>>;
  clock: Clock;
  /** Seals passwords, so that no description holds one in clear. */
  secrets: Secrets;
}
