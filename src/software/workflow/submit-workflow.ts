import type { Entity } from "../../model/entity.ts";
import type { Submitted } from "../../model/management.ts";
import { plainOf } from "./plain.ts";
import { readWorkflow, runWorkflow } from "./run-workflow.ts";

/**
 * Runs a workflow that somebody sent, as a task of an entity: what `POST .../entities/ID/workflows` does.
 * @throws ClockerError `invalid-blueprint` when it cannot be read, before there is a task
 */
export function submitWorkflow(entity: Entity, raw: Readonly<Record<string, unknown>>): Submitted<unknown> {
  const name = typeof raw["name"] === "string" ? raw["name"] : "workflow";
  const workflow = readWorkflow(raw, name, `workflow "${name}"`);
  return entity.management.submit(entity, name, async (work) => plainOf(await runWorkflow(entity, workflow, {}, work)), { description: `Running workflow ${name} on ${entity.displayName}`, tags: ["WORKFLOW", "NON-TRANSIENT"] });
}
