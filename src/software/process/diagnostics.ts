import type { EffectorCall } from "../../model/effector.ts";
import { messageOf } from "../../model/errors.ts";
import type { MachineLocation } from "../../provider/location.ts";
import { isUp } from "../stock/service-state.ts";
import { checkRunning } from "./check-running.ts";
import { machineOf } from "./provision.ts";
import { NOT_UP_DIAGNOSTICS } from "./sensors.ts";
import { siteOf } from "./site.ts";
import { HAS_PROCESS } from "./start.ts";

/**
 * The effector `populateServiceNotUpDiagnostics`: looks whether the machine can be reached and the process runs, and puts what is wrong into
 * `service.notUp.diagnostics`, which is empty when the service is up (Brooklyn's `SoftwareProcessImpl`).
 */
export async function populateDiagnostics({ entity, work }: EffectorCall): Promise<void> {
  const found: Record<string, unknown> = {};
  const location = machineOf(entity);
  if (!isUp(entity)) {
    if (location === undefined) found["location.reachable"] = "The entity has no machine";
    else Object.assign(found, await look(location));
  }
  entity.set(NOT_UP_DIAGNOSTICS, found);

  async function look(at: MachineLocation): Promise<Record<string, unknown>> {
    const site = siteOf(entity, at);
    try {
      await at.machine.run({ argv: ["true"] }, { signal: work.signal, timeout: 20_000 });
      if (site === undefined || !entity.is(HAS_PROCESS)) return {};
      const { isRunning, notUp } = await checkRunning(site, work);
      return notUp === undefined ? {} : { [isRunning ? "service.serves" : "service.process.isRunning"]: notUp };
    } catch (error) {
      work.signal.throwIfAborted();
      return { "location.reachable": messageOf(error) };
    }
  }
}
