import { dockerEntityTypes } from "../docker/index.ts";
import { enricherTypes } from "../enricher/index.ts";
import { policyTypes } from "../policy/index.ts";
import { containerInitializers } from "../software/container/initializers.ts";
import { groupEntityTypes } from "../software/group/index.ts";
import { membershipCommandPolicy } from "../software/group/membership-command.ts";
import { softwareInitializers } from "../software/initializer/index.ts";
import { jmxInitializers } from "../software/jmx/initializers.ts";
import { poolEntityTypes } from "../software/pool/index.ts";
import { softwareEntityTypes } from "../software/process/index.ts";
import { stockEntityTypes } from "../software/stock/index.ts";
import { testEntityTypes } from "../software/test-framework/index.ts";
import { workflowEntityTypes, workflowInitializers, workflowPolicy } from "../software/workflow/index.ts";
import { Types } from "./types.ts";

/** Every type made of code. */
export function knownTypes(): Types {
  return new Types({
    entities: [...stockEntityTypes, ...groupEntityTypes, ...softwareEntityTypes, ...poolEntityTypes, ...testEntityTypes, ...workflowEntityTypes, ...dockerEntityTypes],
    adjuncts: [...enricherTypes, ...policyTypes, workflowPolicy, membershipCommandPolicy],
    initializers: [...softwareInitializers, ...containerInitializers, ...jmxInitializers, ...workflowInitializers],
  });
}
