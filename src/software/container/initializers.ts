import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { Work } from "../../model/work.ts";
import { wholeText } from "../feed/output.ts";
import { addEffector, effectorKeys, effectorName } from "../initializer/effector-keys.ts";
import { pollSensor } from "../initializer/poll-sensor.ts";
import { outputOptions, valueOfOutput } from "../initializer/sensor-output.ts";
import { declareSensor, pollKeys, sensorKeys } from "../initializer/sensor-keys.ts";
import { asVariables } from "../process/environment.ts";
import { type ContainerJob, runContainerJob } from "./container-job.ts";
import { containerKeys, IMAGE, readContainerJob, TIMEOUT } from "./container-keys.ts";

/** Brooklyn's `ContainerEffector`: an effector that runs a container and returns what it wrote. Docker Engine runs it, where Brooklyn asks Kubernetes. */
export const containerEffector: InitializerType = {
  name: "org.apache.brooklyn.tasks.kubectl.ContainerEffector",
  displayName: "Container effector",
  description: "Adds an effector that runs a container, on the host of the entity's own container or on the management server",
  aliases: ["container-effector"],
  config: [...effectorKeys, ...containerKeys],
  apply: (entity, config) => {
    const name = effectorName(entity, config, "container-effector");
    requireImage(entity, config, `effector "${name}"`);
    addEffector(entity, config, "container-effector", async ({ parameters: given, work }) => {
      const variables = asVariables(given, `the parameters of effector "${name}"`);
      return wholeText(await runConfigured(entity, config, work, (job) => ({ ...job, env: { ...job.env, ...variables } })));
    }, "java.lang.String");
  },
};

/** Brooklyn's `ContainerSensor`: a sensor from the output of a container that is run every period. */
export const containerSensor: InitializerType = {
  name: "org.apache.brooklyn.tasks.kubectl.ContainerSensor",
  displayName: "Container sensor",
  description: "Adds a sensor whose value is what a container writes, which is run every period",
  aliases: ["container-sensor"],
  config: [...sensorKeys, ...pollKeys, ...containerKeys, ...outputOptions],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "container-sensor");
    requireImage(entity, config, `sensor "${target.name}"`);
    pollSensor({
      entity,
      config,
      target,
      needsMachine: false,
      // The container's own bound decides.
      timeout: config.get(TIMEOUT) + 60_000,
      read: async (work) => valueOfOutput(await runConfigured(entity, config, work, (job) => job), config, target.type.name),
    });
  },
};

export const containerInitializers: readonly InitializerType[] = [containerEffector, containerSensor];

/** @returns what it wrote to standard output @throws ClockerError `command-failed` when it must end with 0 and does not */
async function runConfigured(entity: Entity, config: InitializerConfig, work: Work, adapt: (job: ContainerJob) => ContainerJob): Promise<string> {
  const resolved = await entity.management.resolve(Object.fromEntries(namesOfKeys.flatMap((name) => (config.raw[name] === undefined ? [] : [[name, config.raw[name]]]))), entity, work);
  const { job, requireExitCodeZero } = readContainerJob(isRecord(resolved) ? resolved : {});
  const { stdout, stderr, exitCode } = await runContainerJob(entity, adapt(job), work);
  if (exitCode === 0 || !requireExitCodeZero) return stdout;
  const last = (stderr.trim() || stdout.trim()).split("\n").slice(-10).join("\n");
  throw new ClockerError("command-failed", `Container of image "${job.image}" ended with exit code ${exitCode}${last === "" ? "" : `:\n${last}`}`, { details: { exitCode } });
}

const namesOfKeys = containerKeys.flatMap((key) => [key.name, ...key.aliases]);

function requireImage(entity: Entity, config: InitializerConfig, what: string): void {
  if ([IMAGE.name, ...IMAGE.aliases].some((name) => config.raw[name] !== undefined)) return;
  throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": ${what} needs an image`, { remedy: 'Give "image" in its brooklyn.config' });
}

