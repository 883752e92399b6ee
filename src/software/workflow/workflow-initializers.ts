import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { types } from "../../model/types/index.ts";
import { parameterOf } from "../initializer/effector-keys.ts";
import { declare, publish } from "../initializer/sensor-keys.ts";
import { plainOf } from "./plain.ts";
import { readWorkflow } from "./definition.ts";
import { runAsStep, runWorkflow } from "./run-workflow.ts";
import { runWhen, triggersOf } from "./run-when.ts";
import { tagsOf } from "./submit-workflow.ts";
import { PERIOD, SKIP_INITIAL_RUN, TRIGGERS, workflowKeys } from "./workflow-keys.ts";

const NAME = configKey("name", types.string, "Name of the effector", { constraints: ["required"] });
const DESCRIPTION = configKey("description", types.string, "What the effector does", { defaultValue: "" });
const PARAMETERS = configKey("parameters", types.map(types.json), "By name: type, description and defaultValue; the steps know them as `${NAME}`", { defaultValue: {} });

/** Brooklyn's `WorkflowEffector`. */
export const workflowEffector: InitializerType = {
  name: "org.apache.brooklyn.core.workflow.WorkflowEffector",
  displayName: "Workflow effector",
  description: "Adds an effector that runs the steps of a workflow",
  aliases: ["workflow-effector"],
  config: [NAME, DESCRIPTION, PARAMETERS, ...workflowKeys],
  apply: (entity, config) => {
    const name = config.get(NAME);
    if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": workflow-effector needs a name`, { remedy: 'Give "name" in its brooklyn.config' });
    const workflow = readWorkflow(config.raw, name, `effector "${name}" of "${entity.displayName}"`, entity);
    const parameters = Object.entries(config.get(PARAMETERS)).map(([parameter, definition]) => parameterOf(entity, parameter, definition));
    const added = effector(name, config.get(DESCRIPTION), async ({ parameters: given, work }) => plainOf(await runAsStep(entity, workflow, given, work)), { parameters, returnType: "java.lang.Object" });
    entity.dynamicEffectors.set(name, added);
  },
};

const SENSOR = configKey("sensor", types.json, "The sensor: a name, or a map with name and type", { aliases: ["name"], constraints: ["required"] });
const SENSOR_TYPE = configKey("targetType", types.string, "Type of the sensor's value", { aliases: ["sensor.type", "type"] });

/** Brooklyn's `WorkflowSensor`. */
export const workflowSensor: InitializerType = {
  name: "org.apache.brooklyn.core.workflow.WorkflowSensor",
  displayName: "Workflow sensor",
  description: "Adds a sensor whose value is what the steps of a workflow give",
  aliases: ["workflow-sensor"],
  config: [SENSOR, SENSOR_TYPE, TRIGGERS, PERIOD, SKIP_INITIAL_RUN, ...workflowKeys],
  apply: (entity, config) => {
    const { name, type } = sensorOf(entity, config);
    const target = declare(entity, name, type, "");
    const workflow = readWorkflow(config.raw, `sensor ${name}`, `sensor "${name}" of "${entity.displayName}"`, entity);
    const triggers = triggersOf(config.raw[TRIGGERS.name], `sensor "${name}"`);
    const period = config.get(PERIOD);
    if (period === undefined && triggers.length === 0) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": workflow-sensor "${name}" has neither "period" nor "triggers"`);
    const run = async (): Promise<unknown> => {
      const id = entity.management.ids.taskId();
      return entity.management.submit(entity, `sensor ${name}`, async (work) => {
        const value = plainOf(await runWorkflow(entity, workflow, {}, work, { id }));
        if (value !== undefined) publish(entity, target, value);
      }, { tags: ["TRANSIENT", "SENSOR", ...tagsOf(entity, id, workflow.name)] }).result;
    };
    entity.addWatch(runWhen(entity, { period, triggers, run, skipsFirst: config.get(SKIP_INITIAL_RUN) }));
  },
};

function sensorOf(entity: Entity, config: InitializerConfig): { name: string; type: string } {
  const given = config.get(SENSOR);
  const type = config.get(SENSOR_TYPE) ?? "any";
  if (typeof given === "string") return { name: given, type };
  if (isRecord(given) && typeof given["name"] === "string") return { name: given["name"], type: typeof given["type"] === "string" ? given["type"] : type };
  throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": workflow-sensor needs a sensor`, { remedy: 'Give "sensor" in its brooklyn.config: a name, or a map with name and type' });
}

const INITIALIZER_NAME = configKey("name", types.string, "What it is called", { defaultValue: "workflow initializer" });
const DELAY = configKey("delay", types.json, "How long after the entity was made it runs: a duration", { defaultValue: 0 });

/** Brooklyn's `WorkflowInitializer`: once, when the entity is made; a tag says that it ran. */
export const workflowInitializer: InitializerType = {
  name: "org.apache.brooklyn.core.workflow.WorkflowInitializer",
  displayName: "Workflow initializer",
  description: "Runs the steps of a workflow once, when the entity has been made",
  aliases: ["workflow-initializer"],
  config: [INITIALIZER_NAME, DELAY, ...workflowKeys],
  apply: (entity, config) => {
    const name = config.get(INITIALIZER_NAME);
    const workflow = readWorkflow(config.raw, name, `initializer "${name}" of "${entity.displayName}"`, entity);
    const hasRun = (): boolean => entity.tags.some((tag) => isRecord(tag) && tag["workflow-initializer"] === name);
    const cancel = entity.management.clock.after(typeof config.get(DELAY) === "boolean" ? 0 : types.duration.coerce(config.get(DELAY)), () => {
      if (hasRun() || !entity.isManaged) return;
      const id = entity.management.ids.taskId();
      entity.management.submit(entity, name, async (work) => {
        await runWorkflow(entity, workflow, {}, work, { id });
        entity.tags.push({ "workflow-initializer": name });
        entity.touch();
      }, { tags: tagsOf(entity, id, name) });
    });
    entity.addWatch(cancel);
  },
};

export const workflowInitializers: readonly InitializerType[] = [workflowEffector, workflowSensor, workflowInitializer];
