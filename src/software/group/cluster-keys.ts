import { configKey } from "../../model/config-key.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";

/** Keys and sensors of Brooklyn's DynamicCluster (reference, 7.4). */
export const INITIAL_SIZE = configKey("cluster.initial.size", types.integer, "Number of members made when the cluster starts", { flag: "initialSize", defaultValue: 1, inherited: false });
export const INITIAL_QUORUM_SIZE = configKey("cluster.initial.quorumSize", types.integer, "Members that must start for the cluster's start to succeed; -1 means all", { flag: "initialQuorumSize", defaultValue: -1, inherited: false });
export const MAX_SIZE = configKey("cluster.max.size", types.integer, "Largest size of the cluster; none when negative", { flag: "maxSize", defaultValue: -1, inherited: false });
export const MEMBER_SPEC = configKey("dynamiccluster.memberspec", types.entitySpec, "What members are made from", { flag: "memberSpec", inherited: false });
export const FIRST_MEMBER_SPEC = configKey("dynamiccluster.firstmemberspec", types.entitySpec, "What the first member is made from", { flag: "firstMemberSpec", inherited: false });
export const CUSTOM_CHILD_FLAGS = configKey("dynamiccluster.customChildFlags", types.map(), "Config that members get beside that of their spec", { flag: "customChildFlags", defaultValue: {}, inherited: false });
export const RESTART_MODE = configKey("dynamiccluster.restartMode", types.string, "How the cluster restarts: off, sequential (one member after the other) or parallel; a restart is refused when unset", { flag: "restartMode", inherited: false });
export const QUARANTINE_FAILED = configKey("dynamiccluster.quarantineFailedEntities", types.boolean, "Whether members that fail to start are kept in a quarantine group, for looking into, rather than removed", { flag: "quarantineFailedEntities", defaultValue: true, inherited: false });
export const QUARANTINE_FILTER = configKey("dynamiccluster.quarantineFilter", types.predicate, "Which members that fail to start are kept: a predicate on the error; all but those without a machine when unset", { flag: "quarantineFilter", inherited: false });
export const REMOVAL_STRATEGY = configKey("dynamiccluster.removalstrategy", types.json, "Which members go first when the cluster shrinks: newest, oldest, random, or a removal strategy of Brooklyn's", { flag: "removalStrategy", inherited: false });
export const MAX_CONCURRENT_CHILD_COMMANDS = configKey("dynamiccluster.maxConcurrentChildCommands", types.integer, "How many members are started, stopped or restarted at once; all when 0 or less", { flag: "maxConcurrentChildCommands", defaultValue: 0, inherited: false });
export const CLUSTER_START_TIMEOUT = configKey("start.timeout", types.duration, "How long to wait for the cluster to be up once its members have started; no waiting when unset", { flag: "startTimeout" });

export const ZONES_ENABLED = configKey("dynamiccluster.zone.enable", types.boolean, "Whether members are spread over the availability zones of the location", { flag: "enableAvailabilityZones", defaultValue: false, inherited: false });
export const ZONE_PLACEMENT_STRATEGY = configKey("dynamiccluster.zone.placementStrategy", types.json, "How zones are chosen: Balancing (as many members in each), or a strategy of the location's own, such as breadth-first in a Docker cloud", { flag: "zonePlacementStrategy", inherited: false });
export const ZONE_FAILURE_DETECTOR = configKey("dynamiccluster.zone.failureDetector", types.json, "When a zone counts as failed: ProportionalZoneFailureDetector with its least number of starts, time and share of failures", { flag: "zoneFailureDetector", inherited: false });
export const ZONE_NAMES = configKey("dynamiccluster.availabilityZones", types.list(types.string), "Names of the zones to use; all when unset", { flag: "availabilityZoneNames", aliases: ["dynamiccluster.zone.names"], inherited: false });
export const ZONE_COUNT = configKey("dynamiccluster.numAvailabilityZones", types.integer, "Number of zones to use; all when unset", { flag: "numAvailabilityZones", inherited: false });

export const CLUSTER_MEMBER_ID = sensor("cluster.member.id", types.integer, "Number of the member in its cluster, in order of creation");
export const CLUSTER_MEMBER = sensor("cluster.member", types.boolean, "Whether the entity is a member of a cluster");
export const CLUSTER_ENTITY = sensor("cluster.entity", types.json, "The cluster that the entity is a member of");
export const CLUSTER_MEMBER_ZONE = sensor("cluster.member.zone", types.json, "The availability zone that the member was started in");
export const QUARANTINE_GROUP = sensor("dynamiccluster.quarantineGroup", types.json, "The group of members that failed to start");
export const ENTITY_QUARANTINED = sensor("dynamiccluster.entityQuarantined", types.json, "The last member that failed to start and was put into quarantine");
export const ALL_MEMBERS_UP = sensor("cluster.one_and_all.members.up", types.boolean, "Whether the cluster runs, has members, and all of them are up");
export const SUB_LOCATIONS = sensor("dynamiccluster.subLocations", types.list(types.json), "The availability zones in use");
export const FAILED_SUB_LOCATIONS = sensor("dynamiccluster.failedSubLocations", types.list(types.json), "Availability zones in which members fail to start");

export const clusterKeys = [
  INITIAL_SIZE,
  INITIAL_QUORUM_SIZE,
  MAX_SIZE,
  MEMBER_SPEC,
  FIRST_MEMBER_SPEC,
  CUSTOM_CHILD_FLAGS,
  RESTART_MODE,
  QUARANTINE_FAILED,
  QUARANTINE_FILTER,
  REMOVAL_STRATEGY,
  MAX_CONCURRENT_CHILD_COMMANDS,
  CLUSTER_START_TIMEOUT,
  ZONES_ENABLED,
  ZONE_PLACEMENT_STRATEGY,
  ZONE_FAILURE_DETECTOR,
  ZONE_NAMES,
  ZONE_COUNT,
] as const;

export const clusterSensors = [QUARANTINE_GROUP, ENTITY_QUARANTINED, ALL_MEMBERS_UP, SUB_LOCATIONS, FAILED_SUB_LOCATIONS] as const;
