import type { Adjunct } from "../../model/adjunct.ts";
import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError } from "../../model/errors.ts";
import { together } from "../../model/follow-entities.ts";
import { onNotification } from "../../model/notification.ts";
import { types } from "../../model/types/index.ts";
import { policy } from "../policy-type.ts";
import { CONNECTION_FAILED, CONNECTION_RECOVERED } from "./ha-sensors.ts";

export const SUPPRESS_SENSOR = configKey("suppressSensor", types.sensorRef, "The notification that suspends the target", { defaultValue: CONNECTION_FAILED.name });
export const RESET_SENSOR = configKey("resetSensor", types.sensorRef, "The notification that resumes the target", { defaultValue: CONNECTION_RECOVERED.name });
export const SUSPEND_TARGET = configKey("target", types.string, "The policy of the same entity to suspend: its unique tag, id, name or type");

export const conditionalSuspendPolicy = policy({
  name: "ha.ConditionalSuspendPolicy",
  displayName: "Conditional Suspend",
  description: "Suspends another policy of the entity at one notification and resumes it at another",
  config: [SUPPRESS_SENSOR, RESET_SENSOR, SUSPEND_TARGET],
  begin: (settings) => {
    const { owner } = settings;
    settings.require(SUSPEND_TARGET);
    return together([
      onNotification(owner, settings.get(SUPPRESS_SENSOR), () => apply(settings, (target) => target.suspend(), "Suspended")),
      onNotification(owner, settings.get(RESET_SENSOR), () => apply(settings, (target) => target.resume(), "Resumed")),
    ]);
  },
});

function apply(settings: Settings, change: (target: Adjunct) => void, done: string): void {
  const { adjunct, owner } = settings;
  const name = settings.require(SUSPEND_TARGET);
  const target = owner.adjuncts.find((each) => each !== adjunct && [each.uniqueTag, each.planId, each.id, each.displayName, each.type.name, ...each.type.aliases].includes(name));
  if (target === undefined) throw new ClockerError("not-found", `"${adjunct.displayName}" cannot find "${name}" among the policies of "${owner.displayName}"`);
  change(target);
  // Whether it is suspended is stored with its entity.
  owner.touch();
  adjunct.highlight("lastAction", `${done} "${target.displayName}"`);
}
