import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { entityBase } from "../stock/application.ts";
import { SERVICE_PROCESS_IS_RUNNING } from "../stock/attributes.ts";
import { setNotUp } from "../stock/service-state.ts";
import { LOCATIONS_PARAMETER, STARTABLE } from "../stock/startable.ts";
import { populateDiagnostics } from "./diagnostics.ts";
import { downloadKeys } from "./download-keys.ts";
import { softwareKeys } from "./keys.ts";
import { phaseKeys, vanillaKeys } from "./phase-keys.ts";
import { forgetPorts } from "./ports.ts";
import { reconnectSoftware } from "./reconnect.ts";
import { RESTART_PARAMETERS, restartSoftware } from "./restart.ts";
import { softwareSensors } from "./sensors.ts";
import { HAS_PROCESS, startSoftware } from "./start.ts";
import { STOP_PARAMETERS, stopSoftware } from "./stop.ts";

/** Brooklyn's `SoftwareProcess`: software on a machine of its own, with its lifecycle (reference, 7.3 and A.1). */
export const softwareProcess = defineEntityType({
  name: "org.apache.brooklyn.entity.software.base.SoftwareProcess",
  displayName: "Software Process",
  description: "Software on a machine: obtained, installed, configured, launched and watched",
  isAbstract: true,
  extends: [entityBase],
  traits: [STARTABLE],
  config: [...softwareKeys, ...downloadKeys, ...phaseKeys],
  sensors: softwareSensors,
  effectors: [
    effector("start", "Start the process on a machine: obtain it, then install, configure and launch", startSoftware, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Stop the process and release its machine", stopSoftware, { parameters: STOP_PARAMETERS }),
    effector("restart", "Stop the process and start it again, on the same machine where possible", restartSoftware, { parameters: RESTART_PARAMETERS }),
    effector("populateServiceNotUpDiagnostics", "Look why the service is not up and put what is found into service.notUp.diagnostics", populateDiagnostics),
  ],
  hooks: {
    init: (entity: Entity) => setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, "The process has not been started"),
    reconnect: async (entity: Entity) => reconnectSoftware(entity),
    unmanage: (entity: Entity) => forgetPorts(entity),
  },
});

/** Brooklyn's `VanillaSoftwareProcess`: a process whose phases are commands. */
export const vanillaSoftwareProcess = defineEntityType({
  name: "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess",
  displayName: "Vanilla Software Process",
  description: "A process that is installed, configured, launched, checked and stopped by the commands given",
  aliases: ["brooklyn.entity.basic.VanillaSoftwareProcess", "vanilla", "software-process"],
  extends: [softwareProcess],
  traits: [HAS_PROCESS],
  config: vanillaKeys,
});

/** Brooklyn's `EmptySoftwareProcess`: a machine and nothing on it. */
export const emptySoftwareProcess = defineEntityType({
  name: "org.apache.brooklyn.entity.software.base.EmptySoftwareProcess",
  displayName: "Server",
  description: "A machine, with no process of its own",
  aliases: ["brooklyn.entity.basic.EmptySoftwareProcess", "server"],
  extends: [softwareProcess],
});
