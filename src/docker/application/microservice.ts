import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType, type EntityType } from "../../model/entity-type.ts";
import { entitySpec } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { machineOf } from "../../software/process/provision.ts";
import { LOCATIONS_PARAMETER, locationsFor } from "../../software/stock/startable.ts";
import { STOP_PARAMETERS } from "../../software/process/stop.ts";
import * as keys from "../keys.ts";
import { DockerLocation } from "../location/docker-location.ts";
import { vanillaDockerApplication } from "./vanilla-docker-application.ts";

/**
 * Clocker's micro-services: an image, or a Dockerfile, that brings its own Docker host where its location is no Docker cloud: a cloud of one host, a
 * child of the micro-service, which goes with it.
 */
export const microserviceTypes: readonly EntityType[] = [
  microservice("MicroserviceImage", "MicroServiceImage", "Docker Image Microservice", "A container micro-service defined by a Docker image"),
  microservice("MicroserviceDockerfile", "MicroServiceDockerfile", "Dockerfile Microservice", "A container micro-service defined by a Dockerfile"),
];

function microservice(name: string, former: string, displayName: string, description: string): EntityType {
  return defineEntityType({
    name: `brooklyn.clocker.example.${name}`,
    displayName,
    description,
    aliases: [`brooklyn.clocker.example.${former}`],
    extends: [vanillaDockerApplication],
    effectors: [
      effector("start", "Start the container, on a Docker host of its own where the location is no Docker cloud", start, { parameters: [LOCATIONS_PARAMETER] }),
      effector("stop", "Stop the container, and its Docker host where it has one of its own", stop, { parameters: STOP_PARAMETERS }),
    ],
  });
}

async function start(call: EffectorCall): Promise<void> {
  const { entity, parameters, work } = call;
  const locations = locationsFor(entity, parameters["locations"]);
  const isInCloud = locations.length === 0 || machineOf(entity) !== undefined || locations.some((location) => location instanceof DockerLocation);
  const given = isInCloud ? {} : { locations: await ownCloud(entity, parameters["locations"], work) };
  await base("start", { ...call, parameters: { ...parameters, ...given } });
}

async function stop(call: EffectorCall): Promise<void> {
  const { entity, parameters, work } = call;
  await base("stop", call);
  const cloud = cloudOf(entity);
  if (cloud === undefined || parameters["stopMachineMode"] === "NEVER") return;
  await cloud.invoke("stop", {}, work);
  entity.management.unmanage(cloud);
  await entity.management.documents.flush();
}

async function base(name: "start" | "stop", call: EffectorCall): Promise<void> {
  await vanillaDockerApplication.effectors.get(name)?.run(call);
}

/** The name of the location that the micro-service's own cloud is. */
async function ownCloud(entity: Entity, locations: unknown, work: Work): Promise<string> {
  const name = `docker-${(await entity.config.get(keys.CONTAINER_NAME, work)) ?? entity.id}`;
  const spec = entitySpec(keys.INFRASTRUCTURE, { displayName: `Docker Infrastructure (${entity.displayName})`, config: { [keys.LOCATION_NAME.name]: name, [keys.HOST_INITIAL_SIZE.name]: 1, [keys.HOST_MAX_SIZE.name]: 1 } });
  const cloud = cloudOf(entity) ?? entity.management.create(spec, entity);
  await entity.management.documents.flush();
  await cloud.invoke("start", locations === undefined ? {} : { locations }, work);
  return name;
}

function cloudOf(entity: Entity): Entity | undefined {
  return entity.children.find((child) => child.is(keys.INFRASTRUCTURE));
}
