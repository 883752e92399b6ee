import type { Entity } from "../../model/entity.ts";
import { messageOf } from "../../model/errors.ts";
import type { MachineLocation } from "../../provider/location.ts";
import { startPolling } from "../feed/poll.ts";
import { setNotUp } from "../stock/service-state.ts";
import { SERVICE_PROCESS_IS_RUNNING } from "../stock/attributes.ts";
import { CHECK_TIMEOUT, checkRunning, publishFinding } from "./check-running.ts";
import { IS_RUNNING_POLL_PERIOD } from "./keys.ts";
import { MONITORING_ENABLED } from "./phase-keys.ts";
import { siteOf } from "./site.ts";

/**
 * Polls whether the entity's process runs, until the entity stops its feeds. A process that dies puts the entity on fire with the reason; when it
 * comes back the entity recovers (Brooklyn's `connectServiceUpIsRunning`).
 * @param delay milliseconds before the first poll
 */
export function monitorProcess(entity: Entity, location: MachineLocation, delay?: number): void {
  const period = entity.config.peek(IS_RUNNING_POLL_PERIOD);
  if (period <= 0 || !entity.config.peek(MONITORING_ENABLED)) return;
  const poll = startPolling({
    entity,
    name: "check-running",
    period,
    delay: delay ?? period,
    timeout: 2 * CHECK_TIMEOUT,
    poll: async (work) => {
      const site = siteOf(entity, location);
      return site === undefined ? undefined : await checkRunning(site, work);
    },
    onSuccess: (finding) => {
      if (finding !== undefined) publishFinding(entity, finding);
    },
    onFailure: (error) => {
      entity.set(SERVICE_PROCESS_IS_RUNNING, false);
      setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, `It cannot be told whether the process runs: ${messageOf(error)}`);
    },
  });
  entity.addFeed(() => poll.stop());
}
