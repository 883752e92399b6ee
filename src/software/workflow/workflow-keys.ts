import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";

/** What every workflow of a blueprint takes (reference, 3.11). */
export const workflowKeys: readonly ConfigKey[] = [
  configKey("steps", types.json, "The steps, each a text such as `let x = 1` or a map with `step`", { constraints: ["required"] }),
  configKey("input", types.json, "Values that the steps know as `${workflow.input.NAME}` and `${NAME}`"),
  configKey("output", types.json, "What it gives; the output of the last step when not set"),
  configKey("condition", types.json, "A predicate: it runs only while this holds"),
  configKey("on-error", types.json, "Steps that are run when a step fails"),
  configKey("timeout", types.duration, "How long it may take"),
  configKey("idempotent", types.json, "Accepted: a workflow that a restart cuts off is not taken up again"),
  configKey("replayable", types.json, "Accepted: see `idempotent`"),
  configKey("retention", types.json, "Accepted: the last 20 of an entity are remembered"),
];

export const TRIGGERS = configKey("triggers", types.json, "Sensors of the entity whose changes run it: a name, or a list of them");
export const PERIOD = configKey("period", types.duration, "How often it runs");
