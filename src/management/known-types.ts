import { dockerEntityTypes } from "../docker/index.ts";
import { enricherTypes } from "../enricher/index.ts";
import { policyTypes } from "../policy/index.ts";
import { dynamicCluster } from "../software/group/dynamic-cluster.ts";
import { basicGroup } from "../software/group/group.ts";
import { softwareInitializers } from "../software/initializer/index.ts";
import { softwareEntityTypes } from "../software/process/index.ts";
import { basicApplication, basicEntity, basicStartable } from "../software/stock/application.ts";
import { Types } from "./types.ts";

/** Every type made of code. */
export function knownTypes(): Types {
  return new Types({
    entities: [basicApplication, basicEntity, basicStartable, basicGroup, dynamicCluster, ...softwareEntityTypes, ...dockerEntityTypes],
    adjuncts: [...enricherTypes, ...policyTypes],
    initializers: softwareInitializers,
  });
}
