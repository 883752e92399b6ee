import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { entityBase, starting, stopping } from "../../software/stock/application.ts";
import { HOST_ADDRESS, HOST_NAME, HOST_SUBNET_ADDRESS, HOST_SUBNET_HOSTNAME } from "../../software/stock/attributes.ts";
import { expectedState, setExpected, setFailed } from "../../software/stock/service-state.ts";
import { LOCATIONS_PARAMETER, STARTABLE } from "../../software/stock/startable.ts";
import { DockerCloud } from "../cloud.ts";
import type { HostRuntime } from "../host/host-runtime.ts";
import * as keys from "../keys.ts";
import { joinGroups } from "../infrastructure/container-groups.ts";
import { followMappedSensors } from "../location/mapped-sensors.ts";
import { referencedId, runContainer } from "./run-container.ts";
import { publishState } from "./container-state.ts";
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
    keys.CPU_SHARES, keys.MEMORY, keys.HOST_VOLUMES, keys.VOLUMES_EXPORT, keys.VOLUMES_IMPORT, keys.ENVIRONMENT, keys.OPEN_PORTS, keys.DIRECT_PORTS, keys.PORT_BINDINGS,
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
    effector("pause", "Freezes all processes in the container", (call) => onEngine(call, (runtime, id) => runtime.engine.pauseContainer(id, call.work.signal))),
    effector("resume", "Lets a paused container go on; starts one that was shut down", resume),
    effector("shutDown", "Kills the container's processes at once, keeping its files", (call) => onEngine(call, (runtime, id) => runtime.engine.killContainer(id, call.work.signal))),
    effector("execCommand", "Runs a shell command in the container", execCommand, {
      parameters: [{ name: "command", type: types.string, description: "The command, for a shell" }],
      returnType: "java.lang.String",
    }),
  ],
  hooks: {
    manage: (container) => {
      if (container.get(keys.CONTAINER_ID) !== undefined) takePlace(container);
    },
    reconnect,
    unmanage: (container) => {
      forgetContainerLocation(container);
      DockerCloud.find(container)?.pool.containerRemoved(hostOf(container).id, container.id);
    },
  },
});

/** After a restart of the server: the container counts on its host again, and is found as a location. */
function takePlace(container: Entity): void {
  container.management.locations.add(containerLocation(container));
  DockerCloud.get(container).pool.containerAdded(hostOf(container).id, container.id);
}

/** After a restart of the server: one that was being made is removed, for its start can't go on; one that runs serves its entity again. */
async function reconnect(container: Entity, work: Work): Promise<void> {
  const { management } = container;
  const state = expectedState(container);
  if (state === "STARTING" || state === "CREATED" || state === undefined) {
    await removeHalfMade(container, work);
    management.unmanage(container);
    return;
  }
  const entity = management.entity(referencedId(container.get(keys.CONTAINER_ENTITY)) ?? "");
  joinGroups(DockerCloud.get(container), container, entity);
  if (entity !== undefined) followMappedSensors(container, entity);
}

async function removeHalfMade(container: Entity, work: Work): Promise<void> {
  const { engine } = runtimeOf(container);
  await work.step(
    `remove half-made ${container.displayName}`,
    async (step) => {
      for (const { id } of await engine.listContainers({ labels: { [keys.CONTAINER_LABEL]: container.id } }, step.signal)) await engine.removeContainer(id, step.signal);
    },
    { inessential: true },
  );
}

/** The host that a container is on: the parent of its group. */
export function hostOf(container: Entity): Entity {
  const host = container.parent?.parent;
  if (host === undefined || !host.is(keys.DOCKER_HOST)) throw new ClockerError("internal", `Container "${container.displayName}" is not on a Docker host`);
  return host;
}

export function runtimeOf(container: Entity): HostRuntime {
  return DockerCloud.get(container).host(hostOf(container).id);
}

async function start({ entity: container, work }: EffectorCall): Promise<void> {
  const id = container.get(keys.CONTAINER_ID);
  await starting(container, async () => {
    if (id === undefined) await runContainer(container, runtimeOf(container), work);
    else {
      await runtimeOf(container).engine.startContainer(id, work.signal);
      await refresh(container, work.signal);
    }
  });
}

async function stop({ entity: container, work }: EffectorCall): Promise<void> {
  await stopping(container, async () => {
    const runtime = runtimeOf(container);
    const id = container.get(keys.CONTAINER_ID);
    if (id !== undefined) await runtime.engine.removeContainer(id, work.signal);
    runtime.ports.release(container.id);
    container.set(keys.CONTAINER_ID, undefined);
    container.set(keys.CONTAINER_RUNNING, false);
    forgetContainerLocation(container);
    DockerCloud.get(container).pool.containerRemoved(hostOf(container).id, container.id);
  });
}

async function restart(call: EffectorCall): Promise<void> {
  const { entity: container, work } = call;
  if (container.get(keys.CONTAINER_ID) === undefined) return start(call);
  setExpected(container, "STARTING");
  try {
    await onEngine(call, async (runtime, id) => {
      await runtime.engine.stopContainer(id, {}, work.signal);
      await runtime.engine.startContainer(id, work.signal);
    });
    setExpected(container, "RUNNING");
  } catch (error) {
    setFailed(container, "restart", error);
    throw error;
  }
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
  if (id !== undefined) publishState(container, await runtimeOf(container).engine.inspectContainer(id, signal));
}
