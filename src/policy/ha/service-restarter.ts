import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { together } from "../../model/follow-entities.ts";
import { failureOf, notify, onNotification } from "../../model/notification.ts";
import { onLeftAlone } from "../../model/operator.ts";
import { isUp, setFailed } from "../../model/service-state.ts";
import { showDuration, types } from "../../model/types/index.ts";
import { hindrance, mayAct, policy, requireEffector } from "../policy-type.ts";
import { describeFailure } from "./describe-failure.ts";
import { ENTITY_FAILED, ENTITY_RESTART_FAILED } from "./ha-sensors.ts";

export const RECURRING_DURATION = configKey("failOnRecurringFailuresInThisDuration", types.duration, "A second failure in this time is not answered by another restart; 0 means that it always is", { defaultValue: 180_000 });
export const RESTARTER_SETS_ON_FIRE = configKey("setOnFireOnFailure", types.boolean, "Whether the entity is on fire when restarting does not help", { defaultValue: true });
export const FAILURE_SENSOR = configKey("failureSensorToMonitor", types.sensorRef, "The notification that is answered by a restart", { defaultValue: ENTITY_FAILED.name });
/** Stored: two failures with a restart of the server between them are two. */
export const LAST_FAILURE_TIME = configKey("lastFailureTime", types.long, "When it last restarted the entity, in milliseconds since the epoch; set by the policy");

export const serviceRestarter = policy({
  name: "ha.ServiceRestarter",
  displayName: "Service Restarter",
  description: "Restarts a service that fails, and tells by ha.entityFailed.restart when that does not help",
  config: [RECURRING_DURATION, RESTARTER_SETS_ON_FIRE, FAILURE_SENSOR, LAST_FAILURE_TIME],
  begin: (settings) => {
    requireEffector(settings.adjunct, "restart");
    const sensor = settings.get(FAILURE_SENSOR);
    settings.adjunct.highlight("triggers", `Listening for ${sensor} of ${settings.owner.displayName}`);
    const state: State = { isRestarting: false, postponed: undefined };
    const { owner } = settings;
    return together([
      onNotification(owner, sensor, (value) => onFailure(settings, value, state)),
      // What failed while an operator was at work may have failed still.
      onLeftAlone(owner, () => {
        const { postponed } = state;
        state.postponed = undefined;
        if (postponed !== undefined && !isUp(owner)) onFailure(settings, postponed.value, state);
      }),
    ]);
  },
});

interface State {
  isRestarting: boolean;
  /** A failure while an operator's task ran on the entity. */
  postponed: { readonly value: unknown } | undefined;
}

function onFailure(settings: Settings, value: unknown, given: State): void {
  const state = given;
  const { adjunct, owner } = settings;
  const reason = describeFailure(value);
  const hindered = hindrance(adjunct, owner, `restart "${owner.displayName}" (${reason})`);
  if (hindered !== undefined) {
    if (mayAct(owner)) state.postponed = { value };
    return adjunct.highlight("lastViolation", `Failure detected, and nothing done, ${hindered}: ${reason}`);
  }
  if (state.isRestarting) return adjunct.highlight("lastViolation", `Failure detected while restarting: ${reason}`);
  const now = owner.management.clock.now();
  const last = settings.get(LAST_FAILURE_TIME);
  adjunct.remember(LAST_FAILURE_TIME, now);
  const window = settings.get(RECURRING_DURATION);
  if (last !== undefined && window > 0 && now - last <= window) return giveUp(settings, `It failed again ${showDuration(now - last)} after a restart: ${reason}`);
  adjunct.highlight("lastViolation", `Failure detected, restarting: ${reason}`);
  const { task, result } = adjunct.submit(`Restart ${owner.displayName}`, (work) => owner.invoke("restart", {}, work), { description: reason });
  adjunct.highlight("lastAction", "Restart of the failed entity", task.id);
  state.isRestarting = true;
  result.then(
    () => {
      state.isRestarting = false;
    },
    (error: unknown) => {
      state.isRestarting = false;
      // An operator who stops it, or cancels the restart, has the last word.
      if (mayAct(owner) && !task.signal.aborted) giveUp(settings, `Restart failed: ${messageOf(error)}`);
    },
  );
}

function giveUp(settings: Settings, message: string): void {
  const { adjunct, owner } = settings;
  adjunct.highlight("lastViolation", message);
  if (settings.get(RESTARTER_SETS_ON_FIRE)) setFailed(owner, "restart", new ClockerError("effector-failed", message));
  notify(owner, ENTITY_RESTART_FAILED, failureOf(owner, message));
}
