import type { EntityType } from "../../model/entity-type.ts";
import { dynamicCluster } from "./dynamic-cluster.ts";
import { dynamicFabric } from "./dynamic-fabric.ts";
import { dynamicGroup } from "./dynamic-group.ts";
import { dynamicMultiGroup } from "./dynamic-multi-group.ts";
import { dynamicRegionsFabric } from "./dynamic-regions-fabric.ts";
import { basicGroup } from "./group.ts";
import { quarantineGroup } from "./quarantine-group.ts";
import { sequenceGroup } from "./sequence-group.ts";

/** Every kind of group and cluster. A new one is its own file and a line here. */
export const groupEntityTypes: readonly EntityType[] = [basicGroup, quarantineGroup, dynamicGroup, dynamicMultiGroup, sequenceGroup, dynamicCluster, dynamicFabric, dynamicRegionsFabric];
