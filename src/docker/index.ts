import type { EntityType } from "../model/entity-type.ts";
import { microserviceTypes } from "./application/microservice.ts";
import { vanillaDockerApplication } from "./application/vanilla-docker-application.ts";
import { dockerContainer } from "./container/docker-container.ts";
import { dockerHost } from "./host/docker-host.ts";
import { dockerHostCluster } from "./infrastructure/host-cluster.ts";
import { dockerInfrastructure } from "./infrastructure/docker-infrastructure.ts";

/** The Docker cloud's entity types. */
export const dockerEntityTypes: readonly EntityType[] = [dockerInfrastructure, dockerHostCluster, dockerHost, dockerContainer, vanillaDockerApplication, ...microserviceTypes];

export { dockerResolver } from "./location/docker-location.ts";
