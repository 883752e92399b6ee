import { ClockerError } from "../../../model/errors.ts";
import type { Task } from "../../../model/task.ts";
import { interpolated, interpolatedIfThere } from "../interpolate.ts";
import { missing, shownAs } from "../scope.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { assignment, setVariable, typed } from "./variables.ts";

/** Milliseconds between two looks at a value that says nothing when it changes. */
const PAUSE = 500;

/** Waits for a value, or for a task. */
export const waitStep: StepType = {
  name: "wait",
  form: "wait [[TYPE] NAME =] [task] VALUE",
  keys: ["variable", "value", "value_type", "task"],
  note: "Until the value is there and is not null, empty or false: a sensor, a variable, `${entity.attributeWhenReady.SENSOR}`; with `task` for a task by its id, whose result it is",
  shorthand: (text) => {
    const isAssigned = /^(?:[\w.<>,-]+\s+)?[\w.[\]'"-]+\s*=\s/.test(text);
    const read = isAssigned ? assignment(text, { name: "variable", type: "value_type", value: "value" }) : { value: text };
    const [, task] = /^task\s+(.+)$/s.exec(String(read?.["value"] ?? "")) ?? [];
    return task === undefined ? read : { ...read, value: task, task: true };
  },
  run: async (call) => {
    const { variable, value: raw, value_type: type, task } = call.step.fields;
    if (raw === undefined) throw new ClockerError("invalid-value", '"wait" needs a value');
    const value = task === true ? await resultOf(call, raw) : await available(call, raw);
    const result = typed(call, type ?? (typeof variable === "object" && variable !== null ? Reflect.get(variable, "type") : undefined), value);
    if (variable === undefined) return result;
    setVariable(call, typeof variable === "object" && variable !== null ? String(Reflect.get(variable, "name")) : String(variable), result);
    return undefined;
  },
};

/** The value, once it is there. What changes without telling is looked at again and again, until the step's time is up. */
async function available(call: StepCall, raw: unknown): Promise<unknown> {
  const { clock } = call.entity.management;
  for (;;) {
    const value = await interpolatedIfThere(raw, call.scope, call.work);
    if (value !== missing && value !== undefined && value !== null && value !== "" && value !== false) return value;
    call.work.waitFor(`${shownAs(raw)} to be there`);
    await clock.sleep(PAUSE, call.work.signal);
  }
}

async function resultOf(call: StepCall, raw: unknown): Promise<unknown> {
  const given = await interpolated(raw, call.scope, call.work);
  const id = typeof given === "object" && given !== null ? String(Reflect.get(given, "id")) : shownAs(given);
  const task: Task | undefined = call.entity.management.task(id);
  if (task === undefined) throw new ClockerError("not-found", `There is no task "${id}"`, { remedy: "Tasks that ended are forgotten after a while" });
  call.work.waitFor(`task "${task.name}" to end`);
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(call.work.signal.reason);
  call.work.signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([task.ended, promise]);
  } finally {
    call.work.signal.removeEventListener("abort", abort);
  }
  if (task.state !== "completed") throw new ClockerError("effector-failed", `Task "${task.name}" ${task.state}: ${String(task.result)}`);
  return task.result ?? null;
}
