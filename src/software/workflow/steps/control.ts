import { ClockerError } from "../../../model/errors.ts";
import { types } from "../../../model/types/index.ts";
import { interpolated } from "../interpolate.ts";
import { shownAs } from "../scope.ts";
import type { StepType } from "../step-type.ts";
import { retryStep } from "./retry.ts";
import { waitStep } from "./wait.ts";
import { quotedOrPlain } from "./words.ts";

/** A step that leads somewhere has been done once it has led there. */
export const controlSteps: readonly StepType[] = [
  { name: "no-op", form: "no-op", keys: [], shorthand: () => ({}), run: async () => undefined },
  { name: "label", form: "label ID", keys: [], shorthand: (text) => ({ id: text }), note: "`label ID` and a step's `id` are both what `goto` finds", run: async () => undefined },
  {
    name: "log",
    form: "log MESSAGE",
    keys: ["message", "level", "category"],
    note: "Written to the step's task; `level` and `category` are taken and change nothing",
    shorthand: (text) => ({ message: quotedOrPlain(text) }),
    run: async (call) => {
      call.work.log(await call.text("message"));
      return undefined;
    },
  },
  {
    name: "sleep",
    form: "sleep DURATION",
    keys: ["duration"],
    shorthand: (text) => ({ duration: text }),
    run: async (call) => {
      const duration = types.duration.coerce(await call.get("duration"));
      call.work.waitFor(`${duration} ms to pass`);
      await call.entity.management.clock.sleep(duration, call.work.signal);
      return undefined;
    },
  },
  {
    name: "return",
    form: "return VALUE",
    keys: ["value"],
    shorthand: (text) => ({ value: quotedOrPlain(text) }),
    run: async (call) => {
      const value = await interpolated(call.step.fields["value"] ?? "${output!}", call.scope, call.work);
      call.next({ kind: "return", value });
      return value;
    },
  },
  {
    name: "fail",
    form: "fail [rethrow] [message MESSAGE]",
    keys: ["message", "rethrow", "error"],
    isIdempotent: false,
    shorthand: (text) => {
      const [, rethrow, message] = /^(rethrow\b)?\s*(?:message\s+)?(.*)$/s.exec(text) ?? [];
      return { ...(rethrow === undefined ? {} : { rethrow: true }), ...(message === undefined || message === "" ? {} : { message: quotedOrPlain(message) }) };
    },
    run: async (call) => {
      const { error } = call.scope;
      const { message, rethrow } = call.step.fields;
      if (message === undefined && rethrow === true && error instanceof Error) throw error;
      const cause = error instanceof Error && (rethrow === true || call.isHandling) ? { cause: error } : {};
      throw new ClockerError("effector-failed", message === undefined ? "The workflow failed" : await call.text("message"), cause);
    },
  },
  {
    name: "goto",
    form: "goto ID",
    keys: ["target"],
    note: "Also `start` and `end`; in an `on-error` `exit` leaves it",
    shorthand: (text) => ({ target: text }),
    run: async (call) => {
      call.next({ kind: "goto", label: shownAs((await call.get("target")) ?? (await call.get("next")) ?? "end") });
      return undefined;
    },
  },
  waitStep,
  retryStep,
];
