import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { entityBase, starting, stopping } from "../../software/stock/application.ts";
import { HOST_ADDRESS, HOST_NAME, HOST_SUBNET_ADDRESS, HOST_SUBNET_HOSTNAME } from "../../software/stock/attributes.ts";
import { expectedState, setExpected, setNotUp } from "../../software/stock/service-state.ts";
import { LOCATIONS_PARAMETER, STARTABLE } from "../../software/stock/startable.ts";
import { restartOnFailure } from "../infrastructure/high-availability.ts";
import { DockerCloud } from "../cloud.ts";
import type { HostRuntime } from "../host/host-runtime.ts";
import * as keys from "../keys.ts";
import { withinTimeout } from "../within-timeout.ts";
import { publishState } from "./container-state.ts";
import { removeVolumes } from "./host-volumes.ts";
import { joinCloud } from "./join-cloud.ts";
import { hostOf, isInUse, runningIn, runtimeOf } from "./relations.ts";
import { markRemoved, publishAddresses, removeFromEngine, runContainer } from "./run-container.ts";
import { forgetContainerLocation, containerLocation } from "../location/container-location.ts";

/** A container on a Docker host (Clocker's DockerContainer). What it holds runs in it; how it was placed is told by `docker.container.placement`. */
export const dockerContainer = defineEntityType({
  name: keys.DOCKER_CONTAINER,
  displayName: "Docker Container",
  description: "A container on a Docker host",
  aliases: ["brooklyn.entity.container.docker.DockerContainer", "docker-container"],
  extends: [entityBase],
  traits: [STARTABLE],
  config: [
    keys.DOCKERFILE_URL, keys.DOCKERFILE_NAME, keys.DOCKERFILE_SUBSTITUTIONS, keys.IMAGE_ID, keys.IMAGE_NAME, keys.IMAGE_TAG, keys.IMAGE_ENTRYPOINT, keys.IMAGE_COMMANDS, keys.HARDWARE_ID,
    keys.CPU_SHARES, keys.MEMORY, keys.HOST_VOLUMES, keys.VOLUMES_EXPORT, keys.VOLUMES_IMPORT, keys.ENVIRONMENT, keys.LINKS, keys.OPEN_PORTS, keys.DIRECT_PORTS, keys.PORT_BINDINGS,
    keys.PRIVILEGED, keys.INTERACTIVE, keys.CONTAINER_NAME, keys.CONTAINER_NAME_FORMAT, keys.CONTAINER_START_TIMEOUT,
  ],
  sensors: [
    keys.CONTAINER_ENTITY, keys.CONTAINER_ID, keys.CONTAINER_NAME_SENSOR, keys.CONTAINER_RUNNING, keys.CONTAINER_PAUSED, keys.CONTAINER_IMAGE_ID, keys.CONTAINER_IMAGE_NAME,
    keys.CONTAINER_ADDRESSES, keys.CONTAINER_PORTS, keys.CONTAINER_OPEN_PORTS, keys.CONTAINER_VOLUMES, keys.PLACEMENT, keys.ADOPTED, keys.CONTAINER_HOST, keys.CONTAINER_INFRASTRUCTURE,
    HOST_NAME, HOST_ADDRESS, HOST_SUBNET_HOSTNAME, HOST_SUBNET_ADDRESS,
  ],
  effectors: [
    effector("start", "Makes and starts the container; starts it again when it was stopped", start, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Stops and removes the container", stop),
    effector("restart", "Restarts the container, keeping its files and ports", restart),
    effector("pause", "Freezes all processes in the container", pause),
    effector("resume", "Lets a paused container go on; starts one that was shut down", resume),
    effector("shutDown", "Kills the container's processes at once, keeping its files", shutDown),
    effector("execCommand", "Runs a shell command in the container", execCommand, {
      parameters: [{ name: "command", type: types.string, description: "The command, for a shell" }],
      returnType: "java.lang.String",
    }),
  ],
  hooks: {
    init: (container) => setNotUp(container, "container", "The container has not been started"),
    manage: takePlace,
    reconnect: removeUnused,
    unmanage: (container) => {
      forgetContainerLocation(container);
      if (DockerCloud.find(container) !== undefined) DockerCloud.get(container).pool.containerRemoved(hostOf(container).id, container.id);
    },
  },
});

/**
 * After a restart of the server: the container counts on its host again, whether it runs or not, and is the machine of its entity again, also where
 * the entity's start was cut off before it had taken it. A container that is being made has no state yet and is counted by its reservation.
 */
function takePlace(container: Entity): void {
  if (expectedState(container) === undefined) return;
  DockerCloud.get(container).pool.containerAdded(hostOf(container).id, container.id);
  joinCloud(container);
  if (container.get(keys.CONTAINER_ID) === undefined) return;
  const location = containerLocation(container);
  container.management.locations.add(location);
  if (isInUse(container)) runningIn(container)?.restoreLocation(location);
}

/** After a restart of the server: a container that was being made, or given back, is removed. */
async function removeUnused(container: Entity, work: Work): Promise<void> {
  const wasMade = container.get(keys.CONTAINER_ID) !== undefined || expectedState(container) === "STOPPED";
  if (wasMade && (runningIn(container) === undefined || isInUse(container))) return;
  await work.step(`remove unused ${container.displayName}`, (step) => removeFromEngine(container, step));
  container.management.unmanage(container);
}

async function start({ entity: container, work }: EffectorCall): Promise<void> {
  const id = container.get(keys.CONTAINER_ID);
  // Only what Clocker makes: somebody else's container is stopped because they want it so.
  if (id === undefined) restartOnFailure(container);
  await starting(container, async () => {
    if (id === undefined) await withinStartTimeout(container, work, (bounded) => runContainer(container, runtimeOf(container), bounded));
    else {
      await runtimeOf(container).engine.startContainer(id, work.signal);
      await refresh(container, work.signal);
    }
  });
}

async function withinStartTimeout(container: Entity, work: Work, body: (work: Work) => Promise<void>): Promise<void> {
  const key = keys.CONTAINER_START_TIMEOUT;
  await withinTimeout(container, "container", await container.config.get(key, work), key.name, work, body);
}

async function stop({ entity: container, work }: EffectorCall): Promise<void> {
  if (container.get(keys.ADOPTED) === true) {
    throw new ClockerError("conflict", `Cannot remove container "${container.displayName}": it was found on its host, not made by Clocker`, { remedy: "Remove it there; its entity goes with it" });
  }
  await stopping(container, async () => {
    const id = container.get(keys.CONTAINER_ID);
    if (id !== undefined) await remove(container, id, work);
    await removeVolumes(container, work);
    markRemoved(container);
  });
}

/** A host that is gone must not keep its applications from going: when its engine answers again, the scan removes what is labelled as ours and not wanted any more. */
async function remove(container: Entity, id: string, work: Work): Promise<void> {
  try {
    await runtimeOf(container).engine.removeContainer(id, work.signal);
  } catch (error) {
    work.signal.throwIfAborted();
    if (!(error instanceof ClockerError) || error.code !== "unreachable") throw error;
    work.write("stderr", `The engine of "${hostOf(container).displayName}" does not answer: the container is removed when it does, or goes with its host (${messageOf(error)})\n`);
  }
}

async function restart(call: EffectorCall): Promise<void> {
  const { entity: container, work } = call;
  if (container.get(keys.CONTAINER_ID) === undefined) return start(call);
  await starting(container, () =>
    onEngine(call, async (runtime, id) => {
      await runtime.engine.stopContainer(id, {}, work.signal);
      await runtime.engine.startContainer(id, work.signal);
    }),
  );
}

/** Somebody wants it so: a paused container is no failure that a policy should mend. */
async function pause(call: EffectorCall): Promise<void> {
  await onEngine(call, (runtime, id) => runtime.engine.pauseContainer(id, call.work.signal));
  setExpected(call.entity, "STOPPED");
}

async function shutDown(call: EffectorCall): Promise<void> {
  await onEngine(call, (runtime, id) => runtime.engine.killContainer(id, call.work.signal));
  setExpected(call.entity, "STOPPED");
}

async function resume(call: EffectorCall): Promise<void> {
  const { entity: container, work } = call;
  await onEngine(call, async (runtime, id) => {
    const state = await runtime.engine.inspectContainer(id, work.signal);
    if (state.paused) await runtime.engine.unpauseContainer(id, work.signal);
    else await runtime.engine.startContainer(id, work.signal);
  });
  if (expectedState(container) !== "RUNNING") setExpected(container, "RUNNING");
}

async function execCommand({ entity: container, parameters, work }: EffectorCall): Promise<string> {
  const { machine } = containerLocation(container);
  const result = await machine.run(
    { script: String(parameters["command"]) },
    { signal: work.signal, onStdout: (chunk) => work.write("stdout", chunk), onStderr: (chunk) => work.write("stderr", chunk) },
  );
  if (result.exitCode === 0) return result.stdout;
  throw new ClockerError("command-failed", `The command exited with ${result.exitCode} in "${container.displayName}": ${result.stderr.trim().split("\n").slice(-5).join("\n")}`);
}

async function onEngine({ entity: container, work }: EffectorCall, act: (runtime: HostRuntime, id: string) => Promise<void>): Promise<void> {
  const id = container.get(keys.CONTAINER_ID);
  if (id === undefined) throw new ClockerError("conflict", `Container "${container.displayName}" is not there: it was stopped`, { remedy: "Start it" });
  await act(runtimeOf(container), id);
  await refresh(container, work.signal);
}

/** Reads the container's state from the engine and publishes it. */
async function refresh(container: Entity, signal: AbortSignal): Promise<void> {
  const id = container.get(keys.CONTAINER_ID);
  if (id === undefined) return;
  publishState(container, await runtimeOf(container).engine.inspectContainer(id, signal));
  publishAddresses(container);
}
