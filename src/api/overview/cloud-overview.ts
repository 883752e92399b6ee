import { z } from "zod";
import * as docker from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import { hostFigures } from "../shapes/host-figures.ts";
import { links } from "../shapes/links.ts";
import { health, healthOf, Problem, problemsOf, someDescendants } from "./health.ts";
import { figuresOf } from "./host-figures.ts";

const HostOverview = z
  .object({
    id: z.string(),
    name: z.string(),
    ...health,
    ...hostFigures,
    link: z.string(),
  })
  .meta({ id: "HostOverview" });

export const CloudOverview = z
  .object({
    id: z.string(),
    applicationId: z.string(),
    name: z.string(),
    ...health,
    location: z.string().optional().describe("The name under which blueprints are deployed to it"),
    containers: z.int(),
    hosts: z.array(HostOverview),
    problems: z.array(Problem),
    link: z.string(),
  })
  .meta({ id: "CloudOverview" });

/** A Docker cloud with its hosts. */
export function cloudOverview(infrastructure: Entity, hosts: readonly Entity[]): z.infer<typeof CloudOverview> {
  const { application } = infrastructure;
  return {
    id: infrastructure.id,
    applicationId: application.id,
    name: application.displayName,
    ...healthOf(infrastructure),
    location: infrastructure.get(docker.LOCATION_STATUS) === true ? infrastructure.get(docker.LOCATION_NAME_SENSOR) : undefined,
    containers: infrastructure.get(docker.CONTAINERS_TOTAL) ?? 0,
    hosts: hosts.map((host) => hostOverview(host)),
    problems: problemsOf(someDescendants(application)),
    link: links.entity(application.id, infrastructure.id),
  };
}

function hostOverview(host: Entity): z.infer<typeof HostOverview> {
  return {
    id: host.id,
    name: host.displayName,
    ...healthOf(host),
    ...figuresOf(host),
    link: links.entity(host.application.id, host.id),
  };
}
