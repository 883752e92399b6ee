import type { Settings } from "../../model/adjunct-settings.ts";
import { messageOf } from "../../model/errors.ts";
import { failureOf, notificationSensor, notify } from "../../model/notification.ts";
import { startPolling } from "../../model/poll.ts";
import type { Work } from "../../model/work.ts";
import { mayAct } from "../policy-type.ts";
import { StabilizedFailure } from "./stabilized-failure.ts";

export interface FailurePollOptions {
  readonly name: string;
  /** Milliseconds. */
  readonly period: number;
  readonly failedDelay: number;
  readonly recoveredDelay: number;
  /** Names of the notifications. */
  readonly failedSensor: string;
  readonly recoveredSensor: string;
  /** Whether there is anything to check now. */
  readonly isDue?: () => boolean;
  /** @throws when it fails; the message is the description of the failure */
  readonly check: (work: Work) => Promise<void>;
}

/** Checks something again and again, while its entity is not to stop, and tells of failures and recoveries that last. */
export function pollForFailure(settings: Settings, options: FailurePollOptions): () => void {
  const { adjunct, owner } = settings;
  let reason = "";
  const tell = (name: string, description: string | null): void => {
    adjunct.highlight(description === null ? "lastConfirmation" : "lastViolation", description ?? "It has recovered");
    notify(owner, owner.sensor(name) ?? notificationSensor(name, "Told by a failure detector"), failureOf(owner, description));
  };
  const failure = new StabilizedFailure({
    clock: owner.management.clock,
    failedDelay: options.failedDelay,
    recoveredDelay: options.recoveredDelay,
    onFailed: () => tell(options.failedSensor, reason),
    onRecovered: () => tell(options.recoveredSensor, null),
  });
  const poll = startPolling({
    entity: owner,
    name: options.name,
    period: options.period,
    isDue: () => {
      const isDue = mayAct(owner) && (options.isDue?.() ?? true);
      if (!isDue) failure.observe("unknown");
      return isDue;
    },
    // A failed check is what is looked for and no failure of polling, after which polls would be fewer.
    poll: async (work) => await options.check(work).then(() => undefined, (error: unknown) => messageOf(error)),
    onSuccess: (failed) => {
      if (failed !== undefined) reason = failed;
      failure.observe(failed === undefined ? "well" : "failed");
    },
    onFailure: (error) => adjunct.highlight("lastError", messageOf(error)),
  });
  return () => {
    poll.stop();
    failure.stop();
  };
}
