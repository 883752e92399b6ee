import { configKey } from "../../model/config-key.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";

/** Keys and sensors of Brooklyn's `ServerPool` (reference, 7.3). */
export const POOL_LOCATION_NAME = configKey("entity.dynamicLocation.name", types.string, "Name under which the pool is registered as a location", { flag: "locationName", inherited: false });
export const POOL_LOCATION_PREFIX = configKey("entity.dynamicLocation.prefix", types.string, "Begins the location's name when none is given", { flag: "locationPrefix", aliases: ["locationNamePrefix"], defaultValue: "server-pool", inherited: false });
export const POOL_LOCATION_SUFFIX = configKey("entity.dynamicLocation.suffix", types.string, "Ends the location's name when none is given", { flag: "locationSuffix", aliases: ["locationNameSuffix"], inherited: false });
export const REMOVABLE = configKey("pool.member.removable", types.boolean, "Whether a resize may remove the machine from its pool; those that were added by hand stay", { defaultValue: true, inherited: false });

export const LOCATION_NAME = sensor("entity.dynamicLocation.name", types.string, "Name under which the pool is registered as a location");
export const LOCATION_SPEC = sensor("entity.dynamicLocation.spec", types.string, "Spec that resolves to the location");
export const LOCATION_STATUS = sensor("entity.dynamicLocation.status", types.boolean, "Whether the location is registered");
export const AVAILABLE = sensor("pool.available", types.integer, "Machines that nobody has claimed");
export const CLAIMED = sensor("pool.claimed", types.integer, "Machines that entities have claimed");
export const CLAIMED_BY = sensor("pool.claimedBy", types.string, "Id of the entity that has claimed the machine");
export const SERVER_STATUS = sensor("pool.serverStatus", types.string, "Whether the machine is AVAILABLE, CLAIMED or UNUSABLE");
