import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { momentOf } from "../feed/moment-of.ts";
import { SERVICE_PROCESS_IS_RUNNING } from "../stock/attributes.ts";
import { expectedState, setFailed, setNotUp } from "../stock/service-state.ts";
import { MAX_SENSOR_REBIND_DELAY } from "./keys.ts";
import { monitorProcess } from "./monitor.ts";
import { reclaimPorts } from "./ports.ts";
import { machineOf } from "./provision.ts";
import { siteOf } from "./site.ts";
import { HAS_PROCESS } from "./start.ts";

/**
 * After a restart of the server: an entity that runs is watched again, from a moment of its own so that not all are polled at once
 * (Brooklyn's `softwareProcess.maxSensorRebindDelay`); one whose start or stop was cut off is on fire, and says what to do.
 */
export function reconnectSoftware(entity: Entity): void {
  const location = machineOf(entity);
  if (location !== undefined) reclaimPorts(entity, location);
  const expected = expectedState(entity);
  if (expected === "STARTING" || expected === "STOPPING") return setInterrupted(entity, expected);
  if (expected !== "RUNNING") return;
  if (location === undefined) return setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, "Its machine is gone. Restart or delete the entity");
  if (siteOf(entity, location) === undefined || !entity.is(HAS_PROCESS)) return;
  monitorProcess(entity, location, momentOf(entity.id) * Math.max(0, Math.min(entity.config.peek(MAX_SENSOR_REBIND_DELAY), LONGEST_SPREAD)));
}

const LONGEST_SPREAD = 60_000;

function setInterrupted(entity: Entity, expected: "STARTING" | "STOPPING"): void {
  const isStart = expected === "STARTING";
  const error = new ClockerError("interrupted", `${isStart ? "Start" : "Stop"} was interrupted by a restart of the management server`, {
    remedy: isStart ? "Restart or delete the entity" : "Stop it again or delete it",
  });
  setFailed(entity, isStart ? "start" : "stop", error);
}
