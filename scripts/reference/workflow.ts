import { workflowSteps } from "../../src/software/workflow/index.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

const settings: readonly (readonly [string, string])[] = [
  ["lock", "A name: of the entity's workflows with the same lock one runs at a time. The sensor `lock-NAME` has the id of the one that does"],
  ["idempotent", "`all`: every step may be run twice, `ssh`, `http` and the like too, which otherwise may not; on a step yes or no"],
  ["replayable", "`enabled` (the default), `disabled`, `from start`, `automatically`, `automatically from start`; on a step `from here`, `from here only`, `reset`"],
  ["retention", "How long it is kept after its end: how many of its name, a duration, `forever`, `disabled`, `parent`, `system`, `min(...)`, `max(...)`, with `hash NAME` to count with others. Three unless the server's property `workflow.retention.default` says"],
];

/** The steps of Brooklyn's workflow language, and which are there. */
export function workflowPage(): Page {
  return {
    file: "workflow.md",
    title: "Workflow steps",
    summary: "the steps of `workflow-effector`, `workflow-sensor`, `workflow-policy` and `workflow-initializer`",
    body: paragraphs(
      "A step is a text, or a map with `step` (or `type`) and what else it takes: `input`, `condition`, `on-error`, `timeout`, `output`, `next`, `id`, `name`, `idempotent`, `replayable`, `retention`. Each step is a task.",
      "`${...}` is filled in: variables, input and what is in the output of the step before, `output`, `error`, `workflow.*` (`id`, `name`, `task_id`, `link`, `input`, `var`, `error`, `current_step.*`, `previous_step.*`, `step.ID.*`, `error_handler.*`, `util.now`, `util.now_iso`, `util.random`, ...), `entity.*` (`id`, `name`, `config.KEY`, `sensor.NAME`, `attributeWhenReady.NAME`, `parent.*`, `application.*`, `children[...]`, `members[...]`, `effector.NAME`, `location.name`, `driver.runDir`, `driver.installDir`, `driver.pidFile`); `${name!\"default\"}` where there may be no value. Nested workflows and steps of the catalog know only what their `input` gives them.",
      "A workflow takes `steps`, `input`, `parameters`, `output`, `condition`, `on-error`, `timeout`, and:",
      table(["key", "values"], settings.map(([key, values]) => [code(key), values])),
      "Workflows are kept with their position, variables and outputs: `GET .../workflows` shows them, `POST .../workflows/ID/replay/from/STEP` runs them again. When a restart of the server cuts one off, its step fails with an error of the code `interrupted`: an `on-error` may handle it; with `replayable: automatically` it goes on at the step if that may be run twice, else from the last point marked for it; otherwise it has failed, and can be replayed.",
      "A catalog item of the kind `bean` that is `type: workflow` with `steps`, `parameters` and `shorthand` is a step under its id.",
      table(["step", "there", "how it is written", "remarks"], workflowSteps.map(({ name, supported, form, note }) => [code(name), supported ? "yes" : "no", form === "" ? "" : code(form), note])),
    ),
  };
}
