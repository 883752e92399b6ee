import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { EffectorParameter } from "../../model/effector.ts";
import { parameterOf } from "../initializer/effector-keys.ts";
import { readSteps } from "./read-steps.ts";
import { type Retention, readRetention } from "./run/retention.ts";
import { readReplayable, type Replayable } from "./run/replayable.ts";
import type { Step } from "./step-type.ts";

/** A workflow as blueprints write it: `steps`, and what goes with them. */
export interface Workflow {
  readonly name: string;
  /** As it was written: stored with its runs, which go on with it after a restart. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
  readonly input: Readonly<Record<string, unknown>>;
  readonly parameters: readonly EffectorParameter[];
  readonly output: unknown;
  readonly condition: unknown;
  readonly onError: unknown;
  readonly timeout: unknown;
  readonly lock: string | undefined;
  readonly idempotentAll: boolean;
  readonly replayable: Replayable;
  readonly retention: Retention | undefined;
}

/** What a definition of a workflow is made of (reference, 3.11). */
export const definitionKeys = ["steps", "input", "output", "condition", "on-error", "timeout", "lock", "idempotent", "replayable", "retention", "parameters"] as const;

/**
 * Reads a workflow of a blueprint: a map with `steps`, or the list of the steps alone.
 * @param subject what it belongs to, for messages: `effector "grow"`
 * @throws ClockerError `invalid-blueprint`
 */
export function readWorkflow(given: unknown, name: string, subject: string, entity: Entity): Workflow {
  const map: unknown = Array.isArray(given) ? { steps: given as unknown[] } : given;
  if (!isRecord(map)) throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: expected a workflow: a map with "steps", or a list of steps`);
  if (map["steps"] === undefined) throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: it has no "steps"`);
  const raw = Object.fromEntries(definitionKeys.flatMap((key) => (map[key] === undefined ? [] : [[key, map[key]]])));
  const { input, lock, parameters = {} } = raw;
  if (input !== undefined && !isRecord(input)) throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: "input" must be a map`);
  if (!isRecord(parameters)) throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: "parameters" must be a map`);
  if (raw["on-error"] !== undefined) readSteps(raw["on-error"], `"on-error" of ${subject}`, entity);
  return {
    name,
    raw,
    steps: readSteps(raw["steps"], subject, entity),
    input: input ?? {},
    parameters: Object.entries(parameters).map(([parameter, definition]) => parameterOf(entity, parameter, definition)),
    output: raw["output"],
    condition: raw["condition"],
    onError: raw["on-error"],
    timeout: raw["timeout"],
    lock: lock === undefined || lock === null || lock === false ? undefined : String(lock),
    idempotentAll: String(raw["idempotent"]).toLowerCase() === "all",
    replayable: readReplayable(raw["replayable"], subject),
    retention: raw["retention"] === undefined ? undefined : readRetention(String(raw["retention"]), subject),
  };
}
