import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { STOP_WAIT_PROVISIONING_TIMEOUT } from "./keys.ts";

type Kind = "start" | "stop" | "restart";

interface Ongoing {
  readonly kind: Kind;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

const ongoing = new WeakMap<Entity, Ongoing>();
const doing: Readonly<Record<Kind, string>> = { start: "being started", stop: "being stopped", restart: "being restarted" };

/**
 * Runs a start, stop or restart as the only one of its entity. A stop ends a start or restart that is under way, waits until it has given up
 * (bounded by `stop.wait.provisioning.timeout`, as in Brooklyn), then goes on; a second stop waits for the first.
 * @throws ClockerError `conflict` for a start or restart while something else is under way
 */
export async function asTheOnlyOne(entity: Entity, kind: Kind, work: Work, body: (work: Work) => Promise<void>): Promise<void> {
  let other = ongoing.get(entity);
  while (other !== undefined) {
    if (kind !== "stop") throw new ClockerError("conflict", `Cannot ${kind} "${entity.displayName}": it is ${doing[other.kind]}`, { remedy: "Wait until that has ended, or stop it first" });
    await giveWay(entity, other, work);
    other = ongoing.get(entity);
  }
  const controller = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  ongoing.set(entity, { kind, controller, ended });
  try {
    await body(alsoEndedBy(work, controller.signal));
  } finally {
    ongoing.delete(entity);
    resolve();
  }
}

async function giveWay(entity: Entity, other: Ongoing, work: Work): Promise<void> {
  if (other.kind !== "stop") other.controller.abort(new ClockerError("cancelled", `Gave up the ${other.kind} of "${entity.displayName}": it is to be stopped`));
  const bound = await entity.config.get(STOP_WAIT_PROVISIONING_TIMEOUT, work);
  const waiting = new AbortController();
  work.waitFor(`"${entity.displayName}", which is ${doing[other.kind]}`);
  try {
    const tooLong = entity.management.clock.sleep(Math.min(bound, LONGEST_WAIT), AbortSignal.any([work.signal, waiting.signal])).then(() => {
      throw new ClockerError("timeout", `Cannot stop "${entity.displayName}": its ${other.kind} has not given up for ${bound / 1_000} s`, { remedy: "Look at the machine, then stop it again" });
    });
    await Promise.race([other.ended, tooLong]);
  } finally {
    waiting.abort(new ClockerError("cancelled", "The other one has ended"));
    work.waitFor(undefined);
  }
}

/** `forever` is no bound: a day. */
const LONGEST_WAIT = 86_400_000;

/** The same work, with a second signal that ends it and all its steps. */
function alsoEndedBy(work: Work, signal: AbortSignal): Work {
  return {
    taskId: work.taskId,
    signal: AbortSignal.any([work.signal, signal]),
    step: (name, body, options) => work.step(name, (inner) => body(alsoEndedBy(inner, signal)), options),
    write: (stream, chunk) => work.write(stream, chunk),
    log: (line) => work.log(line),
    waitFor: (what) => work.waitFor(what),
  };
}
