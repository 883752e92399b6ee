import { ClockerError } from "../../../model/errors.ts";

/** From where a workflow may be run again, as its definition says. */
export interface Replayable {
  readonly fromStart: boolean;
  /** After a restart of the server it goes on by itself. */
  readonly automatically: boolean;
  /** Not by users. */
  readonly disabled: boolean;
}

/** What a step says of the points from which its workflow may be run again. */
export interface ReplayMark {
  /** Earlier points count no more. */
  readonly reset: boolean;
  readonly here: boolean;
}

/**
 * `replayable` of a workflow: `enabled`, `disabled`, `from start`, `automatically`, `automatically from start`, and yes or no.
 * @throws ClockerError `invalid-blueprint`
 */
export function readReplayable(given: unknown, subject: string): Replayable {
  const words = given === undefined || given === null ? "enabled" : String(given).trim().toLowerCase().replaceAll(/[_\s]+/g, " ");
  const [, automatic, start] = /^(automatically|automatic)?\s*(from start)?$/.exec(words) ?? [];
  if (automatic !== undefined || start !== undefined) return { fromStart: start !== undefined, automatically: automatic !== undefined, disabled: false };
  if (["enabled", "default"].includes(words)) return { fromStart: false, automatically: false, disabled: false };
  if (["yes", "true", "on"].includes(words)) return { fromStart: true, automatically: false, disabled: false };
  if (["disabled", "no", "false", "off"].includes(words)) return { fromStart: false, automatically: false, disabled: true };
  // On a nested workflow it may be meant for the workflow around it.
  if (readReplayMark(given) !== undefined) return { fromStart: false, automatically: false, disabled: false };
  throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: "replayable" cannot be "${String(given)}"`, { remedy: "It is enabled, disabled, from start, automatically, or automatically from start" });
}

/** `replayable` of a step: `from here`, `from here only`, `reset`; undefined for what is none of them. */
export function readReplayMark(given: unknown): ReplayMark | undefined {
  switch (String(given).trim().toLowerCase().replaceAll(/[_\s]+/g, " ")) {
    case "from here":
    case "here":
    case "yes":
    case "true":
      return { reset: false, here: true };
    case "from here only":
    case "here only":
      return { reset: true, here: true };
    case "reset":
      return { reset: true, here: false };
    default:
      return undefined;
  }
}
