import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { emptySoftwareProcess } from "../../software/process/software-process.ts";
import { SERVICE_UP } from "../../software/stock/attributes.ts";
import { isUp, setNotUp } from "../../software/stock/service-state.ts";
import * as keys from "../keys.ts";
import { referencedId } from "../container/relations.ts";

/** In this type `env` is the container's environment; on other software it is the process's. */
const ENVIRONMENT = { ...keys.ENVIRONMENT, aliases: ["env", ...keys.ENVIRONMENT.aliases] };

/**
 * An image, run as it is: Clocker's VanillaDockerApplication, and what the service type `docker:IMAGE[:TAG]` stands for. It is up while its container runs.
 */
export const vanillaDockerApplication = defineEntityType({
  name: keys.VANILLA_APPLICATION,
  displayName: "Docker Container Application",
  description: "A Docker image, run as it is in a container of a Docker cloud",
  extends: [emptySoftwareProcess],
  config: [
    keys.DOCKERFILE_URL, keys.DOCKERFILE_NAME, keys.DOCKERFILE_SUBSTITUTIONS, keys.IMAGE_ID, keys.IMAGE_NAME, keys.IMAGE_TAG, keys.IMAGE_ENTRYPOINT, keys.IMAGE_COMMANDS,
    keys.CPU_SHARES, keys.MEMORY, keys.HOST_VOLUMES, keys.VOLUMES_EXPORT, keys.VOLUMES_IMPORT, ENVIRONMENT, keys.LINKS, keys.OPEN_PORTS, keys.DIRECT_PORTS, keys.PORT_BINDINGS,
    keys.PRIVILEGED, keys.INTERACTIVE, keys.CONTAINER_NAME, keys.REGISTRY_URL, keys.REGISTRY_USERNAME, keys.REGISTRY_PASSWORD,
  ],
  sensors: [keys.CONTAINER_OF],
  hooks: { manage: followContainer },
});

/** Keeps the entity's health true to the container that it is in. */
function followContainer(entity: Entity): void {
  const { events } = entity.management;
  let stop: (() => void) | undefined;
  const follow = () => {
    stop?.();
    const container = entity.management.entity(referencedId(entity.get(keys.CONTAINER_OF)) ?? "");
    if (container === undefined) return;
    const update = () => setNotUp(entity, "container", isUp(container) ? undefined : `Container "${container.displayName}" is not up`);
    stop = events.subscribeSensor(container.id, SERVICE_UP.name, update);
    update();
  };
  follow();
  const stopFollowing = events.subscribeSensor(entity.id, keys.CONTAINER_OF.name, follow);
  entity.addWatch(() => {
    stopFollowing();
    stop?.();
  });
}
