import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { readReplayMark } from "./run/replayable.ts";
import { findStepType } from "./step-types.ts";
import type { Step, StepType } from "./step-type.ts";
import { stepTypes } from "./steps/index.ts";

/** What every step takes. */
export const commonKeys: readonly string[] = [
  ...["step", "s", "type", "id", "name", "condition", "input", "output", "next", "on-error", "timeout", "idempotent", "replayable", "retention", "metadata", "comment", "shorthand"],
];
/** Steps of one workflow, those within others included. */
const MOST = 1_000;

/**
 * Reads a list of steps: each a text, or a map with `step: TEXT` or `type: NAME`.
 * @param entity whose catalog has further types of steps
 * @throws ClockerError `invalid-blueprint` with the place, the key and the nearest right name
 */
export function readSteps(raw: unknown, where: string, entity: Entity): Step[] {
  const list = Array.isArray(raw) ? (raw as unknown[]) : [raw];
  if (list.length > MOST) throw new ClockerError("invalid-blueprint", `Cannot read ${where}: it has ${list.length} steps, at most ${MOST} are allowed`);
  const steps = list.map((each, index) => readStep(each, `step ${index + 1} of ${where}`, entity));
  const ids = steps.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new ClockerError("invalid-blueprint", `Cannot read ${where}: two steps have the id "${twice}"`);
  const reserved = ids.find((id) => RESERVED.has(id.toLowerCase()));
  if (reserved !== undefined) throw new ClockerError("invalid-blueprint", `Cannot read ${where}: "${reserved}" cannot be the id of a step, for it says where to go`, { remedy: "Give it another id" });
  return steps;
}

const RESERVED = new Set(["start", "end", "exit", "default"]);

const read = new WeakMap<object, Map<unknown, Step[]>>();

/** As `readSteps`, once for the same owner and steps: `retry` counts by step. */
export function readStepsOnce(owner: object, raw: unknown, where: string, entity: Entity): Step[] {
  const known = read.get(owner) ?? new Map<unknown, Step[]>();
  read.set(owner, known);
  const steps = known.get(raw) ?? readSteps(raw, where, entity);
  known.set(raw, steps);
  return steps;
}

function readStep(raw: unknown, where: string, entity: Entity): Step {
  const given = typeof raw === "string" ? { step: raw } : expanded(raw);
  if (given === undefined) throw new ClockerError("invalid-blueprint", `Cannot read ${where}: expected text such as "let x = 1", or a map with "step"`);
  const text = given["step"] ?? given["s"] ?? given["shorthand"] ?? given["type"];
  if (typeof text !== "string") throw new ClockerError("invalid-blueprint", `Cannot read ${where}: it has no "step"`, { remedy: 'Write "step: NAME ..."' });
  const [, name = "", rest = ""] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(text) ?? [];
  const type = findStepType(name, entity);
  if (type === undefined) throw unknownStep(name, where);
  const short = rest === "" ? {} : type.shorthand?.(rest);
  if (short === undefined) throw new ClockerError("invalid-blueprint", `Cannot read ${where}: "${rest}" is not understood after "${name}"; write "${type.form}"`);
  const input = isRecord(given["input"]) ? given["input"] : {};
  const fields: Readonly<Record<string, unknown>> = { ...short, ...input, ...given };
  refuseUnknownKeys(given, type, where);
  const { id } = fields;
  for (const key of ["steps", "else", "on-error"]) if (fields[key] !== undefined) readSteps(fields[key], `"${key}" of ${where}`, entity);
  return { type, name: nameOf(given, type, text, name), id: id === undefined ? undefined : String(id), fields, input, replay: fields["replayable"] === undefined ? undefined : replayMark(fields["replayable"], type, where) };
}

function nameOf(given: Readonly<Record<string, unknown>>, type: StepType, text: string, name: string): string {
  if (typeof given["name"] === "string" && type.name !== "set-entity-name") return given["name"];
  const line = text.split("\n", 1)[0] ?? name;
  // Tasks show it: not what is given to something that is named as a secret is.
  return line.replace(OF_SECRET, "$1<suppressed>").slice(0, 100);
}

const OF_SECRET = /^([^=:]*(?:passwo?r?d|credential|secret|private|access\.(?:cert|key))[^=:]*[=:]\s*)(?!\$\{).+$/i;

/** On a step with steps of its own, it may be meant for these. */
function replayMark(given: unknown, type: StepType, where: string): Step["replay"] {
  const mark = readReplayMark(given);
  if (mark === undefined && type.hasSteps !== true) throw new ClockerError("invalid-blueprint", `Cannot read ${where}: "replayable" cannot be "${String(given)}"`, { remedy: "On a step it is from here, from here only, or reset" });
  return mark;
}

/**
 * `- let x: 1` and the like: a map of one step is the step's name with its fields. What looks like a text in which YAML found a colon
 * (`log Your name is: ${name}`) is that text.
 */
function expanded(raw: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(raw)) return undefined;
  if (["step", "s", "shorthand", "type"].some((key) => raw[key] !== undefined)) return raw;
  if (raw["steps"] !== undefined) return { step: "workflow", ...raw };
  const [only, ...others] = Object.entries(raw);
  if (only === undefined || others.length > 0 || !/\s/.test(only[0]) || (typeof only[1] === "object" && only[1] !== null)) return raw;
  return { step: `${only[0]}: ${String(only[1] ?? "")}`.trim() };
}

function unknownStep(name: string, where: string): ClockerError {
  const near = nearest(name, stepTypes.keys());
  return new ClockerError("invalid-blueprint", `Cannot read ${where}: there is no step "${name}"`, { remedy: near === undefined ? `Steps are ${[...stepTypes.keys()].join(", ")}, and those of the catalog` : `Did you mean "${near}"?`, details: { step: name } });
}

function refuseUnknownKeys(given: Readonly<Record<string, unknown>>, type: StepType, where: string): void {
  const known = [...commonKeys, ...type.keys];
  const strange = Object.keys(given).find((key) => !known.includes(key));
  if (strange === undefined) return;
  const near = nearest(strange, known);
  throw new ClockerError("invalid-blueprint", `Cannot read ${where}: step "${type.name}" has no key "${strange}"`, { remedy: near === undefined ? `Its keys are ${[...type.keys, "condition", "on-error", "timeout", "output", "next"].join(", ")}` : `Did you mean "${near}"?` });
}
