import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType, type EntityType } from "../../model/entity-type.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { MONITORING_ENABLED, PHASE_WORKFLOWS } from "../process/phase-keys.ts";
import { useWorkflows } from "../process/phase-workflow.ts";
import { softwareProcess } from "../process/software-process.ts";
import { HAS_PROCESS } from "../process/start.ts";
import { entityBase, starting, stopping } from "../stock/application.ts";
import { forgetFailures, setExpected, setNotUp } from "../stock/service-state.ts";
import { LOCATIONS_PARAMETER, settle, STARTABLE } from "../stock/startable.ts";
import { readWorkflow, type Workflow } from "./definition.ts";
import { afterReplay, runAsStep } from "./run-workflow.ts";

const START = workflowKey("start", "Workflow that starts it");
const STOP = workflowKey("stop", "Workflow that stops it");
const RESTART = workflowKey("restart", "Workflow that restarts it; it is stopped and started without one");
/** Why it is not up: the cause. */
const NOT_STARTED = "service.workflow";

/** Brooklyn's `WorkflowStartable`: what its workflows start, stop and restart. Its children are theirs to start. */
export const workflowStartable = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.WorkflowStartable",
  displayName: "Workflow entity",
  description: "Started, stopped and restarted by workflows; its children are for these to start",
  aliases: ["workflow-entity"],
  extends: [entityBase],
  traits: [STARTABLE],
  config: [START, STOP, RESTART],
  effectors: [
    effector("start", "Runs the workflow start", startByWorkflow, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Runs the workflow stop", stopByWorkflow),
    effector("restart", "Runs the workflow restart, or stop and start", restartByWorkflow),
  ],
  hooks: {
    init: (entity: Entity) => {
      for (const key of [START, STOP, RESTART]) workflowOf(entity, key);
      setNotUp(entity, NOT_STARTED, "It has not been started");
    },
  },
});

/** Brooklyn's `WorkflowSoftwareProcess`: a process on a machine whose phases are workflows. */
export const workflowSoftwareProcess = defineEntityType({
  name: "org.apache.brooklyn.entity.software.base.WorkflowSoftwareProcess",
  displayName: "Workflow software process",
  description: "A process on a machine that is installed, configured, launched, checked and stopped by workflows",
  aliases: ["workflow-software-process"],
  extends: [softwareProcess],
  traits: [HAS_PROCESS],
  config: [...Object.values(PHASE_WORKFLOWS), MONITORING_ENABLED],
  hooks: {
    init: (entity: Entity) => {
      for (const key of Object.values(PHASE_WORKFLOWS)) workflowOf(entity, key);
    },
  },
});

export const workflowEntityTypes: readonly EntityType[] = [workflowStartable, workflowSoftwareProcess];

useWorkflows((entity, raw, name, work) => runAsStep(entity, readWorkflow(raw, name, `"${name}" of "${entity.displayName}"`, entity), {}, work));

/** A start or stop that was cut off, and went well when it was replayed, counts as one. */
afterReplay(workflowStartable.name, ({ entity, workflow: { name } }) => {
  if (![START.name, STOP.name, RESTART.name].includes(name)) return;
  const isStop = name === STOP.name;
  forgetFailures(entity);
  setNotUp(entity, NOT_STARTED, isStop ? "It has been stopped" : undefined);
  setExpected(entity, isStop ? "STOPPED" : "RUNNING");
});

function workflowKey(name: string, description: string): ConfigKey {
  return configKey(name, types.json, description, { aliases: [`${name}.workflow`], inherited: false });
}

/** @throws ClockerError `invalid-blueprint` for one that can't be read */
function workflowOf(entity: Entity, key: ConfigKey): Workflow | undefined {
  const raw = entity.config.find(key)?.raw;
  return raw === undefined || raw === null ? undefined : readWorkflow(raw, key.name, `"${key.name}" of "${entity.displayName}"`, entity);
}

async function startByWorkflow({ entity, parameters, work }: EffectorCall): Promise<void> {
  await starting(entity, async () => {
    settle(entity, parameters["locations"]);
    const workflow = workflowOf(entity, START);
    if (workflow === undefined) work.log('It has no workflow "start": there is nothing to do');
    else await runAsStep(entity, workflow, given(parameters), work);
    setNotUp(entity, NOT_STARTED, undefined);
  });
}

async function stopByWorkflow({ entity, parameters, work }: EffectorCall): Promise<void> {
  await stopping(entity, () => runStop(entity, parameters, work));
}

async function runStop(entity: Entity, parameters: Readonly<Record<string, unknown>>, work: Work): Promise<void> {
  const workflow = workflowOf(entity, STOP);
  if (workflow === undefined) work.log('It has no workflow "stop": there is nothing to do');
  else await runAsStep(entity, workflow, given(parameters), work);
  setNotUp(entity, NOT_STARTED, "It has been stopped");
}

async function restartByWorkflow({ entity, parameters, work }: EffectorCall): Promise<void> {
  const workflow = workflowOf(entity, RESTART);
  if (workflow === undefined) {
    await entity.invoke("stop", {}, work);
    await entity.invoke("start", parameters, work);
    return;
  }
  await starting(entity, async () => {
    await runAsStep(entity, workflow, given(parameters), work);
    setNotUp(entity, NOT_STARTED, undefined);
  });
}

/** What the effector was given is what the workflow is. */
function given(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null));
}
