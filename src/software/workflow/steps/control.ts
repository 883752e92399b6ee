import { ClockerError } from "../../../model/errors.ts";
import { types } from "../../../model/types/index.ts";
import { shownAs } from "../scope.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { interpolated } from "../interpolate.ts";
import { letValue } from "./value-of-let.ts";
import { assignment } from "./variables.ts";

/** How often `retry` repeats when it says neither how often nor how long. */
const RETRIES = 10;

export const controlSteps: readonly StepType[] = [
  { name: "no-op", form: "no-op", keys: [], shorthand: () => ({}), run: async () => undefined },
  { name: "label", form: "label ID", keys: [], shorthand: (text) => ({ id: text }), note: "`label ID` and a step's `id` are both what `goto` finds", run: async () => undefined },
  {
    name: "log",
    form: "log MESSAGE",
    keys: ["message", "level", "category"],
    note: "Written to the step's task",
    shorthand: (text) => ({ message: text }),
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
    shorthand: (text) => ({ value: text }),
    run: async (call) => {
      const value = await letValue(call.step.fields["value"] ?? "${output!}", call.scope, call.work);
      call.next({ kind: "return", value });
      return value;
    },
  },
  {
    name: "fail",
    form: "fail [rethrow] [message MESSAGE]",
    keys: ["message", "rethrow", "error"],
    shorthand: (text) => (text === "rethrow" ? { rethrow: true } : { message: text.replace(/^message\s+/, "") }),
    run: async (call) => {
      if (call.step.fields["rethrow"] === true && call.scope.error instanceof Error) throw call.scope.error;
      throw new ClockerError("effector-failed", call.step.fields["message"] === undefined ? "The workflow failed" : await call.text("message"), call.scope.error instanceof Error ? { cause: call.scope.error } : {});
    },
  },
  {
    name: "goto",
    form: "goto ID",
    keys: ["target"],
    note: "Also `start` and `end`",
    shorthand: (text) => ({ target: text }),
    run: async (call) => {
      call.next({ kind: "goto", label: await call.text("target") });
      return undefined;
    },
  },
  {
    name: "wait",
    form: "wait [TYPE] [NAME =] ${entity.attributeWhenReady.SENSOR}",
    keys: ["variable", "value", "value_type"],
    note: "For sensors, not for tasks",
    shorthand: (text) => (text.startsWith("${") ? { value: text } : assignment(text, { name: "variable", type: "value_type", value: "value" })),
    run: async (call) => {
      const value = await interpolated(call.step.fields["value"], call.scope, call.work);
      if (call.step.fields["variable"] !== undefined) call.scope.variables.set(String(call.step.fields["variable"]), value);
      return value;
    },
  },
  {
    name: "retry",
    form: "retry [from ID] [limit N [in DURATION]] [backoff DURATION [increasing Nx] [max DURATION]] [timeout DURATION]",
    keys: ["from", "limit", "backoff", "timeout"],
    note: `At most ${RETRIES} times unless it has a limit; in \`on-error\` it repeats the step that failed; \`replay\` and \`hash\` are not there`,
    shorthand: readRetry,
    run: retry,
  },
];

function readRetry(text: string): Record<string, unknown> | undefined {
  const match = /^(?:from\s+(?<from>\S+)\s*)?(?:limit\s+(?<limit>\d+(?:\s+in\s+(?!backoff|timeout).+?)?)\s*)?(?:backoff\s+(?<backoff>.+?)\s*)?(?:timeout\s+(?<timeout>.+))?$/.exec(text);
  return match === null ? undefined : Object.fromEntries(Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined));
}

async function retry(call: StepCall): Promise<undefined> {
  const { clock } = call.entity.management;
  const { fields } = call.step;
  const made = call.scope.retries.get(call.step) ?? [];
  call.scope.retries.set(call.step, made);
  const [, count, within] = /^(\d+)(?:\s+in\s+(.+))?$/.exec(shownAs((await call.get("limit")) ?? RETRIES)) ?? [];
  const since = within === undefined ? -Infinity : clock.now() - types.duration.coerce(within);
  const limit = Number(count ?? RETRIES);
  const first = made[0];
  const timeout = fields["timeout"] === undefined ? Infinity : types.duration.coerce(await call.get("timeout"));
  const failed = (why: string): ClockerError => new ClockerError("effector-failed", `Not retried again: ${why}`, call.scope.error instanceof Error ? { cause: call.scope.error } : {});
  if (made.filter((time) => time >= since).length >= limit) throw failed(`it was ${limit} times`);
  if (first !== undefined && clock.now() - first >= timeout) throw failed("it took too long");
  const pause = backoff(shownAs((await call.get("backoff")) ?? "0"), made.length);
  made.push(clock.now());
  // Only what a limit can ask about is kept.
  if (made.length > limit + 1) made.splice(1, 1);
  if (pause > 0) await clock.sleep(pause, call.work.signal);
  call.next({ kind: "retry", label: fields["from"] === undefined ? undefined : await call.text("from") });
  return undefined;
}

/** `0 0 1s increasing 2x up to 1m`, `1s *1.5 max 10s`: the pause before the next attempt, in milliseconds. */
function backoff(text: string, attempt: number): number {
  const [head = "", longest] = text.split(/\s+(?:max|up to)\s+/);
  const [, pauses = "", factor = "1"] = /^(.*?)(?:\s+(?:increasing\s+|\*\s*|by\s+)?(\d+(?:\.\d+)?)x?)?$/.exec(/increasing|\*|by\s/.test(head) ? head : `${head} 1x`) ?? [];
  const known = pauses.replace(/\s+(increasing|\*|by)$/, "").split(/[\s,]+/).map((each) => types.duration.coerce(each));
  const last = known.at(-1) ?? 0;
  const pause = known[attempt] ?? last * Number(factor) ** (attempt - known.length + 1);
  return Math.min(pause, longest === undefined ? Infinity : types.duration.coerce(longest));
}
