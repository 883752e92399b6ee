import type { Machine } from "../../machine/machine.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { isMachineLocation } from "../../provider/location.ts";
import { policy } from "../policy-type.ts";
import { pollForFailure } from "./failure-poll.ts";
import { ENTITY_FAILED, ENTITY_RECOVERED } from "./ha-sensors.ts";

export const CONNECTION_TIMEOUT = configKey("ha.sshConnection.timeout", types.duration, "How long a command that does nothing may take", { defaultValue: 10_000 });
export const POLL_PERIOD = configKey("failureDetector.pollPeriod", types.duration, "How often the machine is tried", { flag: "pollPeriod", defaultValue: 60_000 });
export const FAILED_STABILIZATION = configKey("failureDetector.serviceFailedStabilizationDelay", types.duration, "How long it must have failed before that is told", { flag: "serviceFailedStabilizationDelay", aliases: ["failedStabilizationDelay"], defaultValue: 0 });
export const RECOVERED_STABILIZATION = configKey("failureDetector.serviceRecoveredStabilizationDelay", types.duration, "How long it must have been well before that is told", { flag: "serviceRecoveredStabilizationDelay", aliases: ["recoveredStabilizationDelay"], defaultValue: 0 });
export const SENSOR_FAILED = configKey("failureDetector.sensor.fail", types.sensorRef, "The notification of a failure", { flag: "sensorFailed", defaultValue: ENTITY_FAILED.name });
export const SENSOR_RECOVERED = configKey("failureDetector.sensor.recover", types.sensorRef, "The notification of a recovery", { flag: "sensorRecovered", defaultValue: ENTITY_RECOVERED.name });

/** Runs a command that does nothing on the entity's machine, however that is reached: over SSH, or in a container. */
export const sshMachineFailureDetector = policy({
  name: "ha.SshMachineFailureDetector",
  displayName: "Ssh Connectivity Failure Detector",
  description: "Tells, by ha.entityFailed and ha.entityRecovered, whether the entity's machine can be reached",
  config: [CONNECTION_TIMEOUT, POLL_PERIOD, FAILED_STABILIZATION, RECOVERED_STABILIZATION, SENSOR_FAILED, SENSOR_RECOVERED],
  begin: (settings) => {
    const { owner } = settings;
    const timeout = settings.get(CONNECTION_TIMEOUT);
    return pollForFailure(settings, {
      name: `Reach the machine of ${owner.displayName}`,
      period: settings.get(POLL_PERIOD),
      failedDelay: settings.get(FAILED_STABILIZATION),
      recoveredDelay: settings.get(RECOVERED_STABILIZATION),
      failedSensor: settings.get(SENSOR_FAILED),
      recoveredSensor: settings.get(SENSOR_RECOVERED),
      isDue: () => machineOf(owner) !== undefined,
      check: async ({ signal }) => {
        const machine = machineOf(owner);
        const result = await machine?.run({ argv: ["true"] }, { timeout, signal });
        if (result !== undefined && result.exitCode !== 0) throw new ClockerError("command-failed", `A command that does nothing ended with ${result.exitCode} on ${machine?.name}`);
      },
    });
  },
});

function machineOf(entity: Entity): Machine | undefined {
  return entity.locations.find(isMachineLocation)?.machine;
}
