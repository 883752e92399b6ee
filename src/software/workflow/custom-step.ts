import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { JsonObject } from "../../model/spec.ts";
import { shorthandTemplate } from "./shorthand-template.ts";
import type { StepType } from "./step-type.ts";

/**
 * A kind of step that somebody put into the catalog: a workflow with `parameters` and a `shorthand` of its own. It knows nothing of the workflow that uses it but
 * what it is given. Undefined for a bean that is no workflow.
 */
export function customStep(name: string, plan: JsonObject): StepType | undefined {
  if (plan["type"] !== "workflow" || plan["steps"] === undefined) return undefined;
  const parameters = isRecord(plan["parameters"]) ? plan["parameters"] : {};
  const { shorthand } = plan;
  const { type: _type, shorthand: _shorthand, name: _name, id: _id, ...definition } = plan;
  return {
    name,
    form: typeof shorthand === "string" ? `${name} ${shorthand}` : name,
    keys: Object.keys(parameters),
    hasSteps: true,
    ...(typeof shorthand === "string" ? { shorthand: shorthandTemplate(shorthand) } : {}),
    run: async (call) => {
      const input: Record<string, unknown> = {};
      for (const key of new Set([...Object.keys(parameters), ...Object.keys(call.step.input), ...shorthandNames(call.step.fields, call.step.type.keys)])) {
        const value = await call.get(key);
        if (value !== undefined) input[key] = value;
      }
      for (const [parameter, given] of Object.entries(parameters)) {
        const isRequired = isRecord(given) && (given["required"] === true || given["constraints"] === "required") && given["defaultValue"] === undefined;
        if (isRequired && input[parameter] === undefined) throw new ClockerError("invalid-value", `"${name}" needs "${parameter}"`);
      }
      return call.nested(definition, input, name);
    },
  };
}

/** Variables of the shorthand that are no declared parameters. */
function shorthandNames(fields: Readonly<Record<string, unknown>>, declared: readonly string[]): string[] {
  return Object.keys(fields).filter((key) => !COMMON.has(key) && !declared.includes(key));
}

const COMMON = new Set(["step", "s", "type", "id", "name", "condition", "input", "output", "next", "on-error", "timeout", "idempotent", "replayable", "retention", "metadata", "comment", "shorthand"]);
