import type { Engine } from "../../engine/engine.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";

/** An image to look for; the recipe that made it, where only that one will do. */
export interface Wanted {
  readonly name: string;
  readonly isRight: (labels: Readonly<Record<string, string>>) => boolean;
}

/** Milliseconds in which this computer's engine must answer. */
const ANSWER_LIMIT = 10_000;

/**
 * Brings the first of the images that this computer's engine has to another engine, of the same kind of processor: no registry is asked, and nothing is made.
 * Gives back its name; undefined where there is none, or it cannot be brought.
 */
export async function copyFromHere(here: Engine, engine: Engine, wanted: readonly Wanted[], work: Work): Promise<string | undefined> {
  const found = await firstOf(here, wanted, work);
  if (found === undefined || !(await areAlike(here, engine, work))) return undefined;
  try {
    await work.step(`Copy base image ${found} from ${here.name} to ${engine.name}`, async (step) => engine.loadImage(await here.saveImage(found, step.signal), step.signal));
    return found;
  } catch (error) {
    work.signal.throwIfAborted();
    work.log(`It is got in another way: ${messageOf(error)}`);
    return undefined;
  }
}

async function firstOf(here: Engine, wanted: readonly Wanted[], work: Work): Promise<string | undefined> {
  for (const { name, isRight } of wanted) {
    try {
      if (isRight((await here.inspectImage(name, AbortSignal.any([work.signal, AbortSignal.timeout(ANSWER_LIMIT)]))).labels)) return name;
    } catch (error) {
      work.signal.throwIfAborted();
      if (!(error instanceof ClockerError)) throw error;
      // An engine that does not answer has nothing to give.
      if (error.code !== "not-found") return undefined;
    }
  }
  return undefined;
}

async function areAlike(here: Engine, engine: Engine, work: Work): Promise<boolean> {
  const [own, other] = await Promise.all([here.version(work.signal), engine.version(work.signal)]);
  return own.architecture === other.architecture;
}
