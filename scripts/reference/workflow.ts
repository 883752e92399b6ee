import { workflowSteps } from "../../src/software/workflow/index.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

/** The steps of Brooklyn's workflow language, and which are there. */
export function workflowPage(): Page {
  return {
    file: "workflow.md",
    title: "Workflow steps",
    summary: "the steps of `workflow-effector`, `workflow-sensor`, `workflow-policy` and `workflow-initializer`",
    body: paragraphs(
      "A step is a text, or a map with `step` and what else it takes: `condition`, `on-error`, `timeout`, `output`, `next`, `id`, `name`, `input`. `${...}` is filled in: variables, input, `workflow.*`, `entity.*` (`name`, `config.KEY`, `sensor.NAME`, `attributeWhenReady.NAME`, `children`, `parent`), `output`; `${name!\"default\"}` where there may be no value. Each step is a task. A workflow that a restart of the server cuts off is not taken up again.",
      table(["step", "there", "how it is written", "remarks"], workflowSteps.map(({ name, supported, form, note }) => [code(name), supported ? "yes" : "no", form === "" ? "" : code(form), note])),
    ),
  };
}
