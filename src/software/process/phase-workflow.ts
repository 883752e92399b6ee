import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";

/** Runs a workflow on an entity, as a step of the work, and gives its output. */
export type RunWorkflow = (entity: Entity, raw: unknown, name: string, work: Work) => Promise<unknown>;

let run: RunWorkflow = async (entity) => {
  throw new ClockerError("internal", `Cannot run a workflow of "${entity.displayName}": there are none`);
};

/** Gives the phases what runs workflows: it stands on processes itself, so that they cannot know it. */
export function useWorkflows(runner: RunWorkflow): void {
  run = runner;
}

/** Runs the workflow of a phase; undefined where the entity has none. */
export async function runPhaseWorkflow(entity: Entity, key: ConfigKey, name: string, work: Work): Promise<{ output: unknown } | undefined> {
  // As it was written: its steps resolve what stands in it.
  const raw = entity.config.find(key)?.raw;
  return raw === undefined || raw === null ? undefined : { output: await run(entity, raw, name, work) };
}
