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
  configKey("lock", types.string, "A name: of the entity's workflows with the same lock one runs at a time"),
  configKey("idempotent", types.json, "`all`: each of its steps may be run twice, `ssh` and the like too"),
  configKey("replayable", types.json, "From where it may be run again: enabled, disabled, from start, automatically (after a restart of the server), automatically from start"),
  configKey("retention", types.json, "How long its runs are kept to look at: a number of them, a duration, forever, disabled, min(...), max(...); three when not set"),
];

export const TRIGGERS = configKey("triggers", types.json, "Sensors whose changes run it: a name, a map with `sensor` and `entity`, or a list of them");
export const PERIOD = configKey("period", types.duration, "How often it runs");
export const SKIP_INITIAL_RUN = configKey("skip_initial_run", types.boolean, "Whether the first run is when the period has passed once, or at the first change, and not at once", { defaultValue: false });
