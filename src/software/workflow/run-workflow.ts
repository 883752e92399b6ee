import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { sensor } from "../../model/sensor.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { holds } from "./conditions.ts";
import { interpolated } from "./interpolate.ts";
import { readSteps } from "./read-steps.ts";
import { handle, runSteps } from "./run-steps.ts";
import { missing, type Scope } from "./scope.ts";
import type { Step } from "./step-type.ts";
import { withTimeout } from "./with-timeout.ts";

/** The last workflows of an entity, by id: what ran, when, and how it ended. No values. Brooklyn keeps them in the sensor of this name. */
export const WORKFLOWS = sensor("internals.brooklyn.workflow", types.map(types.json), "The last workflows of the entity: name, status, times");
/** Summaries kept for an entity. */
const KEPT = 20;

/** A workflow as blueprints write it: `steps`, and what goes with them. */
export interface Workflow {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: unknown;
  readonly condition: unknown;
  readonly onError: unknown;
  readonly timeout: unknown;
}

/**
 * Reads a workflow of a blueprint.
 * @param subject what it belongs to, for messages: `effector "grow"`
 * @throws ClockerError `invalid-blueprint`
 */
export function readWorkflow(raw: Readonly<Record<string, unknown>>, name: string, subject: string): Workflow {
  if (raw["steps"] === undefined) throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: it has no "steps"`);
  const { input } = raw;
  if (input !== undefined && !isRecord(input)) throw new ClockerError("invalid-blueprint", `Cannot read ${subject}: "input" must be a map`);
  if (raw["on-error"] !== undefined) readSteps(raw["on-error"], `"on-error" of ${subject}`);
  return { name, steps: readSteps(raw["steps"], subject), input: input ?? {}, output: raw["output"], condition: raw["condition"], onError: raw["on-error"], timeout: raw["timeout"] };
}

/**
 * Runs a workflow on an entity, its steps as sub-tasks.
 * @param input goes before the workflow's own
 * @returns its output: what `return` gave, else its `output`, else that of its last step; undefined when its condition does not hold
 */
export async function runWorkflow(entity: Entity, workflow: Workflow, input: Readonly<Record<string, unknown>>, work: Work): Promise<unknown> {
  const { clock, ids } = entity.management;
  const scope: Scope = { id: ids.entityId(), name: workflow.name, entity, input: {}, variables: new Map(), outputs: new Map(), retries: new Map(), output: undefined, error: missing };
  const startedAt = clock.now();
  const keep = (status: string, more: Record<string, Json> = {}): void => remember(entity, scope.id, { name: workflow.name, status, taskId: work.taskId, startedAt, ...more });
  const own = await interpolated(workflow.input, scope, work);
  const ready: Scope = { ...scope, input: { ...(isRecord(own) ? own : {}), ...input } };
  if (!(await holds(workflow.condition, ready, work))) return undefined;
  keep("RUNNING");
  try {
    const limit = workflow.timeout === undefined ? undefined : types.duration.coerce(await interpolated(workflow.timeout, ready, work));
    const output = await withTimeout(work, clock, limit, workflow.name, (bounded) => runHandled(workflow, ready, bounded));
    keep("SUCCESS", { endedAt: clock.now() });
    return output;
  } catch (error) {
    keep(work.signal.aborted ? "CANCELLED" : "ERROR", { endedAt: clock.now(), error: error instanceof ClockerError ? error.code : "internal" });
    throw error;
  }
}

async function runHandled(workflow: Workflow, scope: Scope, work: Work): Promise<unknown> {
  let flow;
  for (;;) {
    try {
      flow = await runSteps(workflow.steps, scope, work);
      break;
    } catch (error) {
      work.signal.throwIfAborted();
      if (workflow.onError === undefined) throw error;
      flow = await handle(workflow, workflow.onError, error, scope, work, 0);
      if (flow?.kind === "retry") continue;
      if (flow?.kind === "goto" && flow.label !== "end" && flow.label !== "exit") throw new ClockerError("invalid-value", `"on-error" of a workflow cannot go to "${flow.label}"`, { cause: error, remedy: 'It may "retry", "return" or "fail"' });
      break;
    }
  }
  if (flow?.kind === "return") return flow.value;
  return workflow.output === undefined ? scope.output : interpolated(workflow.output, scope, work);
}

function remember(entity: Entity, id: string, summary: Record<string, Json>): void {
  if (!entity.isManaged) return;
  const others = Object.entries(entity.get(WORKFLOWS) ?? {}).filter(([known]) => known !== id);
  entity.set(WORKFLOWS, Object.fromEntries([...others.slice(-(KEPT - 1)), [id, summary]]));
}

