import { configKey } from "../../model/config-key.ts";
import { ClockerError } from "../../model/errors.ts";
import { showDuration, types } from "../../model/types/index.ts";
import { policy } from "../policy-type.ts";
import { EFFECTOR, EFFECTOR_ARGUMENTS, EffectorCalls } from "./effector-call.ts";
import { ENABLED_SENSOR, firstTime, isEnabled, RUNNING, SCHEDULED, START_SENSOR, TIME, WAIT, whenStarted } from "./scheduled-keys.ts";
import { at } from "./timing.ts";

export const PERIOD = configKey("period", types.duration, "The time between two calls", { defaultValue: 3_600_000 });

/** Calls that were due while the server did not run are not made up for: the next is at its time. A call while the last one runs is left out. */
export const periodicEffectorPolicy = policy({
  name: "action.PeriodicEffectorPolicy",
  displayName: "Periodic Effector",
  description: "Invokes an effector again and again",
  config: [EFFECTOR, EFFECTOR_ARGUMENTS, PERIOD, TIME, WAIT, START_SENSOR, ENABLED_SENSOR, SCHEDULED, RUNNING],
  unresolved: [EFFECTOR_ARGUMENTS],
  begin: (settings) => {
    const { owner, adjunct } = settings;
    const { clock } = owner.management;
    const [effector, period] = [settings.require(EFFECTOR), settings.get(PERIOD)];
    if (period <= 0) throw new ClockerError("invalid-value", `Cannot begin "${adjunct.displayName}" on "${owner.displayName}": "${PERIOD.name}" must be positive`);
    const calls = new EffectorCalls(settings, { whileBusy: "skip" });
    calls.check(effector);
    let cancel: () => void = () => {};
    const call = (): void => {
      if (isEnabled(settings)) calls.call(effector, settings.get(EFFECTOR_ARGUMENTS), `every ${showDuration(period)}`);
    };
    const follow = (first: number): void => {
      const now = clock.now();
      const due = first >= now ? first : first + Math.ceil((now - first) / period) * period;
      cancel = at(clock, due, () => {
        call();
        follow(due + period);
      });
    };
    const stop = whenStarted(settings, () => {
      const [known] = settings.get(SCHEDULED);
      const first = known ?? firstTime(settings) ?? clock.now() + period;
      if (known === undefined) adjunct.remember(SCHEDULED, [first]);
      follow(first);
    });
    return () => {
      stop();
      cancel();
      calls.stop();
    };
  },
});
