import type { z } from "zod";
import * as docker from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import { HOST_ADDRESS } from "../../software/stock/attributes.ts";
import type { hostFigures } from "../shapes/host-figures.ts";

type HostFigures = z.infer<z.ZodObject<typeof hostFigures>>;

/** The figures of a Docker host; memory in bytes. */
export function figuresOf(host: Entity): HostFigures {
  return {
    address: host.get(HOST_ADDRESS),
    containers: host.get(docker.HOST_CONTAINERS) ?? 0,
    maxContainers: host.config.peek(docker.MAX_CONTAINERS),
    cpu: host.get(docker.MACHINE_CPU),
    memoryUsedBytes: host.get(docker.DOCKER_MACHINE_MEMORY_USED),
    memoryTotalBytes: host.get(docker.DOCKER_MACHINE_MEMORY_TOTAL),
  };
}
