import type { Imported } from "./import-state.ts";
import type { Catalog } from "../blueprint/catalog/catalog.ts";
import type { Applications } from "./applications.ts";
import type { CatalogStore } from "./catalog-store.ts";
import type { PlaneLocations } from "./location/location-registry.ts";
import type { Logbook } from "./logbook.ts";
import type { Logger } from "./logger.ts";
import type { Plane } from "./plane.ts";
import type { Properties } from "./properties/properties.ts";
import type { StoredRecord } from "./store/store.ts";

/** A running management server, without its HTTP front: what the API and the command line's `launch` and `demo` work with. */
export interface Server {
  readonly plane: Plane;
  readonly applications: Applications;
  readonly catalog: Catalog;
  /** Changes the catalog, durably. */
  readonly catalogStore: CatalogStore;
  readonly locations: PlaneLocations;
  readonly properties: Properties;
  readonly log: Logger;
  /** The last lines of the log. */
  readonly logbook: Logbook;
  readonly version: ServerVersion;
  /** True once everything of an earlier run is restored and reconnected. */
  readonly isReady: boolean;
  /**
   * Reads the properties again: locations, external config suppliers and everything else that reads them later see the new values.
   * @param check looks at the new ones before anything changes, and refuses them by throwing
   * @throws ClockerError `forbidden` for a server that reads none; those of the properties and of `check`: then all stays as it was
   */
  reloadProperties(check?: (fresh: Properties) => void): Promise<void>;
  /** Brings what `records` gave, here or elsewhere, under management beside what is here. @throws those of `importState` */
  importState(records: Iterable<StoredRecord>): Promise<Imported>;
  /** Everything that is stored, secrets sealed as they are in the store. */
  records(): AsyncIterable<StoredRecord>;
  /** Ends the server cleanly: what it manages keeps running. */
  close(): Promise<void>;
}

export interface ServerVersion {
  version: string;
  buildSha1: string;
  buildBranch: string;
}
