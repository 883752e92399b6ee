import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import type { StepType } from "../step-type.ts";

const invokeEffector: StepType = {
  name: "invoke-effector",
  form: "invoke-effector NAME [on ENTITY] [with KEY = VALUE [and KEY = VALUE]]",
  keys: ["effector", "args", "entity"],
  note: "Not run again after a restart unless it says `idempotent: yes`",
  isIdempotent: false,
  shorthand: (text) => {
    const match = /^(\S+)(?:\s+on\s+(\$\{[^{}]*\}|\S+))?(?:\s+with\s+(.+))?$/s.exec(text);
    if (match === null) return undefined;
    const [, effector, entity, args] = match;
    return { effector, ...(entity === undefined ? {} : { entity }), ...(args === undefined ? {} : { args: argumentsIn(args) }) };
  },
  run: async (call) => {
    const args = (await call.get("args")) ?? {};
    if (!isRecord(args)) throw new ClockerError("invalid-value", 'The "args" of an effector must be a map');
    return (await (await call.target()).invoke(await call.text("effector"), args, call.work)) ?? null;
  },
};

function argumentsIn(text: string): Record<string, string> {
  return Object.fromEntries(text.split(/\s+and\s+|\s*,\s*/).map((pair) => {
    const [, key = "", value = ""] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
    return [key, value.replace(/^(["'])(.*)\1$/s, "$2")];
  }));
}

export const effectorSteps: readonly StepType[] = [invokeEffector];
