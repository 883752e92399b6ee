import { ClockerError } from "../../../model/errors.ts";
import { showDuration, types } from "../../../model/types/index.ts";
import { shownAs } from "../scope.ts";
import { shorthandTemplate } from "../shorthand-template.ts";
import type { StepCall, StepType } from "../step-type.ts";

/** How often `retry` repeats when it says neither how often nor how long. */
const RETRIES = 10;

/** Brooklyn's `retry`, with its template. */
const shorthand = shorthandTemplate('[ ?${replay} "replay" ] [ "from" ${next} ] [ "limit" ${limit...} ] [ "backoff" ${backoff...} ] [ "timeout" ${timeout} ]');

export const retryStep: StepType = {
  name: "retry",
  form: "retry [replay] [from ID] [limit N [in DURATION]] [backoff DURATION [increasing N] [up to DURATION] [jitter N]] [timeout DURATION]",
  keys: ["replay", "from", "limit", "backoff", "timeout", "hash"],
  note: `Goes to \`from\`, with \`replay\` as things were then. Without it, in an \`on-error\`, it repeats the step that failed, or for a workflow's resumes it; elsewhere it replays from the last point marked for it. At most ${RETRIES} times unless it has a limit, where Brooklyn has none`,
  shorthand,
  run: async (call) => {
    const { clock } = call.entity.management;
    const made = await recordsOf(call);
    const limits = await limitsOf(call);
    for (const limit of limits.length === 0 ? [{ count: RETRIES, within: Infinity }] : limits) refuseBeyond(limit, made, call);
    const pause = await pauseOf(call, made.length);
    if (pause > 0) {
      call.work.waitFor(`${showDuration(pause)} to pass before retry ${made.length + 1}`);
      await clock.sleep(pause, call.work.signal);
    }
    made.push(clock.now());
    await lead(call);
    return undefined;
  },
};

/** When it was retried before: by `hash`, else by this step. */
async function recordsOf(call: StepCall): Promise<number[]> {
  const { run } = call;
  const hash = call.step.fields["hash"] === undefined ? `${call.isHandling ? `${run.current?.stepIndex ?? "workflow"}-on-error-` : ""}${call.instance.stepIndex}` : await call.text("hash");
  const made = run.retries.get(hash) ?? [];
  run.retries.set(hash, made);
  // Only the first and the last can count.
  if (made.length > 1_000) made.splice(1, 1);
  return made;
}

interface Limit {
  readonly count: number;
  /** Milliseconds. */
  readonly within: number;
}

/** `10`, `1h`, `2 in 1 min`, or a list of them; and `timeout`, since the first. */
async function limitsOf(call: StepCall): Promise<Limit[]> {
  const given = await call.get("limit");
  const timeout = await call.get("timeout");
  const texts = given === undefined || given === null ? [] : (Array.isArray(given) ? given : [given]).map(shownAs);
  return [...texts.map(readLimit), ...(timeout === undefined ? [] : [{ count: Infinity, within: types.duration.coerce(timeout) }])];
}

function readLimit(text: string): Limit {
  const [, count, within] = /^\s*(\d+)(?:\s+in\s+(.+))?\s*$/.exec(text) ?? [];
  if (count !== undefined) return { count: Number(count), within: within === undefined ? Infinity : types.duration.coerce(within) };
  return { count: Infinity, within: types.duration.coerce(text.trim()) };
}

function refuseBeyond({ count, within }: Limit, made: readonly number[], call: StepCall): void {
  const now = call.entity.management.clock.now();
  const [first] = made;
  const isLate = count === Infinity && first !== undefined && now - first >= within;
  const isOften = made.filter((time) => now - time < within).length >= count;
  if (!isLate && !isOften) return;
  const why = isLate ? `it took longer than ${showDuration(within)}` : `it was ${count} times${within === Infinity ? "" : ` in ${showDuration(within)}`}`;
  throw new ClockerError("effector-failed", `Not retried again: ${why}`, call.scope.error instanceof Error ? { cause: call.scope.error } : {});
}

const readBackoff = shorthandTemplate('${initial...} [ "increasing" ${factor} ] [ "up to" ${max} ] [ "max" ${max2} ] [ "jitter" ${jitter} ]');

/** `0 0 1s increasing 2x up to 1m jitter 10%`: the pause before the next attempt, in milliseconds. */
async function pauseOf(call: StepCall, attempt: number): Promise<number> {
  const given = await call.get("backoff");
  if (given === undefined || given === null) return 0;
  const fields: Readonly<Record<string, unknown>> = typeof given === "object" ? { ...given } : (readBackoff(shownAs(given).replace(/\s\*\s*/, " increasing ").replace(/\sby\s/, " increasing ")) ?? {});
  const { initial, factor, max = fields["max2"], jitter } = fields;
  const known = (Array.isArray(initial) ? (initial as unknown[]) : String(initial ?? "").split(/[\s,]+/).filter((each) => each !== "")).map((each) => types.duration.coerce(each));
  if (known.length === 0) throw new ClockerError("invalid-value", `Cannot read the backoff ${JSON.stringify(given)}`, { remedy: "Write, for instance, 1s increasing 2x up to 1m" });
  const beyond = Math.max(0, attempt - known.length + 1);
  const base = grown(known[attempt] ?? known.at(-1) ?? 0, beyond, factor);
  const jittered = jitter === undefined ? base : base * (1 + Math.random() * fraction(String(jitter)));
  return Math.min(jittered, max === undefined ? Infinity : types.duration.coerce(max));
}

/** `2x` multiplies, `50%` adds a part, a duration adds itself, each time. */
function grown(pause: number, times: number, factor: unknown): number {
  if (factor === undefined || times === 0) return pause;
  const text = String(factor).trim();
  if (/^[\d.]+x?$/.test(text)) return pause * Number(text.replace("x", "")) ** times;
  if (text.endsWith("%")) return pause * (1 + Number(text.slice(0, -1)) / 100) ** times;
  return pause + types.duration.coerce(text) * times;
}

function fraction(text: string): number {
  const value = text.trim().endsWith("%") ? Number(text.trim().slice(0, -1)) / 100 : Number(text);
  if (Number.isFinite(value)) return value;
  throw new ClockerError("invalid-value", `Cannot use "${text}" as jitter: expected a number or a percentage`);
}

/** Where it goes on (Brooklyn's `RetryWorkflowStep`). */
async function lead(call: StepCall): Promise<void> {
  const { fields } = call.step;
  const given = fields["next"] ?? fields["from"];
  const next = given === undefined ? undefined : shownAs(await call.get(fields["next"] === undefined ? "from" : "next"));
  const replay = fields["replay"] === undefined ? undefined : String(fields["replay"]).toLowerCase();
  const force = replay === "force";
  if (next !== undefined && (replay === undefined || replay === "false")) {
    if (next !== "last" && !(next === "end" && call.isHandling)) return call.next({ kind: "goto", label: next });
    return call.next({ kind: "replay", from: next, force });
  }
  const from = next ?? (replay === undefined && call.isHandling ? "end" : "last");
  call.next({ kind: "replay", from, force });
}
