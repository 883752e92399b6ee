import { configKey } from "../../model/config-key.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";

/** Keys and sensors of Brooklyn's DynamicCluster (reference, 7.4). */
export const INITIAL_SIZE = configKey("cluster.initial.size", types.integer, "Number of members made when the cluster starts", { flag: "initialSize", defaultValue: 1, inherited: false });
export const INITIAL_QUORUM_SIZE = configKey("cluster.initial.quorumSize", types.integer, "Members that must start for the cluster's start to succeed; -1 means all", { flag: "initialQuorumSize", defaultValue: -1, inherited: false });
export const MAX_SIZE = configKey("cluster.max.size", types.integer, "Largest size of the cluster; none when negative", { flag: "maxSize", defaultValue: -1, inherited: false });
export const MEMBER_SPEC = configKey("dynamiccluster.memberspec", types.entitySpec, "What members are made from", { flag: "memberSpec", inherited: false });
export const FIRST_MEMBER_SPEC = configKey("dynamiccluster.firstmemberspec", types.entitySpec, "What the first member is made from", { flag: "firstMemberSpec", inherited: false });
export const QUARANTINE_FAILED = configKey("dynamiccluster.quarantineFailedEntities", types.boolean, "Whether members that fail to start are kept in a quarantine group, for looking into, rather than removed", { flag: "quarantineFailedEntities", defaultValue: true, inherited: false });

export const CLUSTER_MEMBER_ID = sensor("cluster.member.id", types.integer, "Number of the member in its cluster, in order of creation");
export const QUARANTINE_GROUP = sensor("dynamiccluster.quarantineGroup", types.json, "The group of members that failed to start");
