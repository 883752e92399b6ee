import type { AdjunctType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { readWorkflow } from "./definition.ts";
import { runAsStep } from "./run-workflow.ts";
import { runWhen, triggersOf } from "./run-when.ts";
import { PERIOD, SKIP_INITIAL_RUN, TRIGGERS, workflowKeys } from "./workflow-keys.ts";

const NAME = configKey("name", types.string, "What it is called");

/** Brooklyn's `WorkflowPolicy`. */
export const workflowPolicy: AdjunctType = {
  name: "org.apache.brooklyn.core.workflow.WorkflowPolicy",
  kind: "policy",
  displayName: "Workflow policy",
  description: "Runs the steps of a workflow when sensors change, and every so often",
  aliases: ["workflow-policy"],
  config: [NAME, TRIGGERS, PERIOD, SKIP_INITIAL_RUN, ...workflowKeys],
  attach: (adjunct) => {
    const { entity, config } = adjunct;
    const name = adjunct.get(NAME) ?? adjunct.displayName;
    const workflow = readWorkflow(config, name, `policy "${name}" of "${entity.displayName}"`, entity);
    const triggers = triggersOf(config[TRIGGERS.name], `policy "${name}"`);
    const period = adjunct.get(PERIOD);
    if (period === undefined && triggers.length === 0) throw new ClockerError("invalid-value", `Cannot attach "${name}" to "${entity.displayName}": it has neither "period" nor "triggers"`);
    return runWhen(entity, {
      period,
      triggers,
      skipsFirst: adjunct.get(SKIP_INITIAL_RUN),
      run: async () => {
        const { task, result } = adjunct.submit(name, async (work) => {
          await runAsStep(entity, workflow, {}, work);
        });
        await result.then(
          () => adjunct.highlight("lastAction", "The workflow ran", task.id),
          (error: unknown) => adjunct.highlight("lastError", messageOf(error), task.id),
        );
      },
    });
  },
};
