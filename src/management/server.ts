import type { Catalog } from "../blueprint/catalog/catalog.ts";
import type { Applications } from "./applications.ts";
import type { PlaneLocations } from "./location/location-registry.ts";
import type { Logger } from "./logger.ts";
import type { Plane } from "./plane.ts";
import type { Properties } from "./properties/properties.ts";

/** A running management server, without its HTTP front: what the API and the command line's `launch` and `demo` work with. */
export interface Server {
  readonly plane: Plane;
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly locations: PlaneLocations;
  readonly properties: Properties;
  readonly log: Logger;
  readonly version: ServerVersion;
  /** True once everything of an earlier run is restored and reconnected. */
  readonly isReady: boolean;
  /** Adds a `.bom` to the catalog, durably. @throws ClockerError. */
  addToCatalog(text: string, options?: { force?: boolean }): Promise<{ added: string[]; unchanged: string[] }>;
  removeFromCatalog(id: string, version: string): Promise<void>;
  /** Ends the server cleanly: what it manages keeps running. */
  close(): Promise<void>;
}

export interface ServerVersion {
  version: string;
  buildSha1: string;
  buildBranch: string;
}
