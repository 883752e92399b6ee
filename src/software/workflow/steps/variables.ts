import { stringify } from "yaml";
import { ClockerError } from "../../../model/errors.ts";
import { interpolated, interpolatedLeniently, type Leniency } from "../interpolate.ts";
import { storable } from "../run/values.ts";
import { shownAs } from "../scope.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { transformStep } from "./transform.ts";
import { assignment, nameAndType, setVariable, typed } from "./assignment.ts";
import { letValue } from "./value-of-let.ts";

/** Bytes that `load` takes. */
const LARGEST = 10_000_000;

/** How `${...}` in a value is filled in: `words` leaves what stands in quotes, `full` does not. */
const MODES = ["words", "full", "disabled"] as const;
const ON_ERRORS = ["fail", "ignore", "blank"] as const;

export async function interpolatedAs(call: StepCall, raw: unknown, defaults: { mode: (typeof MODES)[number]; errors: Leniency }): Promise<unknown> {
  const mode = choice(call, "interpolation_mode", MODES) ?? defaults.mode;
  const errors = choice(call, "interpolation_errors", ON_ERRORS) ?? defaults.errors;
  if (mode === "disabled") return raw;
  if (errors !== "fail") return interpolatedLeniently(raw, call.scope, call.work, errors);
  return mode === "words" ? letValue(raw, call.scope, call.work) : interpolated(raw, call.scope, call.work);
}

function choice<T extends string>({ step }: StepCall, key: string, allowed: readonly T[]): T | undefined {
  const given = step.fields[key];
  if (given === undefined) return undefined;
  const found = allowed.find((each) => each === String(given).toLowerCase());
  if (found === undefined) throw new ClockerError("invalid-value", `"${key}" cannot be "${String(given)}"`, { remedy: `It is one of ${allowed.join(", ")}` });
  return found;
}

async function runLet(call: StepCall): Promise<undefined> {
  const { fields } = call.step;
  const { name, type } = nameAndType(fields["variable"]);
  const raw = fields["value"];
  if (fields["variable"] === undefined || raw === undefined) throw new ClockerError("invalid-value", `"${call.step.type.name}" needs a variable and a value`);
  const value = await interpolatedAs(call, raw, { mode: "words", errors: "fail" });
  const wanted = fields["value_type"] ?? type;
  const isTrimmed = fields["trimmed"] === true || fields["trim"] === true;
  setVariable(call, name, typed(call, wanted, encoded(call, fields["encoding"], isTrimmed ? trimmed(value, wanted) : value)));
  return undefined;
}

/** Text without the blanks around it; where it is to be of a type, its last YAML document. */
function trimmed(value: unknown, type: unknown): unknown {
  if (typeof value !== "string") return value;
  return type === undefined || ["string", "java.lang.String"].includes(String(type)) ? value.trim() : (value.split(/^---[ \t]*$/m).at(-1) ?? "").trim();
}

/** `let json string x = ...`, `let yaml string x = ...`: the text of a value; of another type, what the text holds. */
function encoded(call: StepCall, encoding: unknown, value: unknown): unknown {
  const isText = ["string", "java.lang.String"].includes(String(call.step.fields["value_type"]));
  if (encoding === undefined) return value;
  if (!isText) return typed(call, encoding, value);
  return encoding === "json" ? JSON.stringify(storable(value)) : stringify(storable(value));
}

const letKeys = ["variable", "value", "value_type", "trimmed", "trim", "encoding", "interpolation_mode", "interpolation_errors"];

function readLet(text: string): Readonly<Record<string, unknown>> | undefined {
  const [, trim, encoding, rest = ""] = /^(trimmed\s+)?(?:(json|yaml)\s+(?=\S+\s+[^\s=]+\s*(?:=|$)))?(.*)$/s.exec(text) ?? [];
  const read = assignment(rest, { name: "variable", type: "value_type", value: "value" });
  return read === undefined ? undefined : { ...read, ...(trim === undefined ? {} : { trimmed: true }), ...(encoding === undefined ? {} : { encoding }) };
}

const LET_NOTE = "`a ?? b` is the first that there is; numbers are reckoned with `+ - * / %` between blanks; what stands in quotes is not filled in; `x.key` is a key of the map `x`";

export const variableSteps: readonly StepType[] = [
  { name: "let", form: "let [trimmed] [TYPE] NAME = VALUE", keys: letKeys, shorthand: readLet, note: LET_NOTE, run: runLet },
  { name: "set-workflow-variable", form: "set-workflow-variable [TYPE] NAME = VALUE", keys: letKeys, shorthand: readLet, note: "As `let`", run: runLet },
  {
    name: "clear-workflow-variable",
    form: "clear-workflow-variable [TYPE] NAME",
    keys: ["variable"],
    shorthand: (text) => ({ variable: text.trim().split(/\s+/).at(-1) }),
    run: async (call) => {
      call.scope.variables.delete(nameAndType(call.step.fields["variable"]).name);
      return undefined;
    },
  },
  transformStep,
  {
    name: "load",
    form: "load [charset CHARSET] [TYPE] NAME = URL",
    keys: ["variable", "url", "value_type", "charset", "interpolation_mode", "interpolation_errors"],
    note: "Its `${...}` are filled in only with `interpolation_mode: full`",
    shorthand: (text) => {
      const [, charset, rest = ""] = /^(?:charset\s+(\S+)\s+)?(.*)$/s.exec(text) ?? [];
      const read = assignment(rest, { name: "variable", type: "value_type", value: "url" });
      return read === undefined || charset === undefined ? read : { ...read, charset };
    },
    run: async (call) => {
      const content = await call.entity.management.resources.read(await call.text("url"), call.work);
      if (content.length > LARGEST) throw new ClockerError("invalid-value", `Cannot load it: it has ${content.length} bytes, at most ${LARGEST} are taken`);
      const text = decoded(content, shownAs((await call.get("charset")) ?? "utf-8"));
      const { name, type } = nameAndType(call.step.fields["variable"]);
      const filled = await interpolatedAs(call, text, { mode: "disabled", errors: "ignore" });
      setVariable(call, name, typed(call, call.step.fields["value_type"] ?? type, filled));
      return undefined;
    },
  },
];

function decoded(content: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(content);
  } catch (cause) {
    throw new ClockerError("invalid-value", `There is no charset "${charset}"`, { cause });
  }
}

export { assignment, setVariable, typed } from "./assignment.ts";
