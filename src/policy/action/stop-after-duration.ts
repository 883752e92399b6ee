import { SERVICE_STATE } from "../../model/attributes.ts";
import { configKey } from "../../model/config-key.ts";
import { showDuration, types } from "../../model/types/index.ts";
import { policy } from "../policy-type.ts";
import { EffectorCalls } from "./effector-call.ts";
import { at } from "./timing.ts";

export const LIFETIME = configKey("lifetime", types.duration, "How long the entity may be in the state before it is stopped");
export const STATE = configKey("state", types.lifecycle, "The state that counts", { defaultValue: "RUNNING" });
export const STOP_POLL_PERIOD = configKey("pollPeriod", types.duration, "Taken, and without effect: the time is kept, not polled", { defaultValue: 30_000 });

/** The time since which it is in the state is that of its sensor, which is stored: it counts on over a restart of the server. */
export const stopAfterDurationPolicy = policy({
  name: "action.StopAfterDurationPolicy",
  displayName: "Stop After Duration",
  description: "Stops the entity when it has been running for a time",
  config: [LIFETIME, STATE, STOP_POLL_PERIOD],
  begin: (settings) => {
    const { owner } = settings;
    const [lifetime, state] = [settings.require(LIFETIME), settings.get(STATE)];
    const calls = new EffectorCalls(settings, { whileBusy: "skip" });
    calls.check("stop");
    let cancel: (() => void) | undefined;
    const look = (): void => {
      cancel?.();
      cancel = undefined;
      const held = owner.sensorValue(SERVICE_STATE.name);
      if (held?.value !== state) return;
      cancel = at(owner.management.clock, held.at + lifetime, () => calls.call("stop", {}, `${state} for ${showDuration(lifetime)}`));
    };
    look();
    const stop = owner.management.events.subscribeSensor(owner.id, SERVICE_STATE.name, look);
    return () => {
      stop();
      cancel?.();
      calls.stop();
    };
  },
});
