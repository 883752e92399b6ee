import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { Lifecycle } from "../../model/lifecycle.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";
import { Links, links } from "./links.ts";

export const applicationStatuses = ["ACCEPTED", "STARTING", "RUNNING", "STOPPING", "STOPPED", "DESTROYED", "ERROR", "UNKNOWN"] as const;
export type ApplicationStatus = (typeof applicationStatuses)[number];

export const ApplicationSummary = z
  .object({
    id: z.string(),
    spec: z.object({ name: z.string(), type: z.string(), locations: z.array(z.string()) }),
    status: z.enum(applicationStatuses),
    links: Links,
  })
  .meta({ id: "ApplicationSummary" });
export type ApplicationSummary = z.infer<typeof ApplicationSummary>;

const statusOf: Readonly<Record<Lifecycle, ApplicationStatus>> = {
  CREATED: "ACCEPTED",
  STARTING: "STARTING",
  RUNNING: "RUNNING",
  STOPPING: "STOPPING",
  STOPPED: "STOPPED",
  DESTROYED: "DESTROYED",
  ON_FIRE: "ERROR",
};

/** An application as REST lists it (reference, 2.3). */
export function applicationSummary(application: Entity): ApplicationSummary {
  return {
    id: application.id,
    spec: { name: application.displayName, type: application.typeName, locations: application.locations.map((location) => location.id) },
    status: statusOfApplication(application),
    links: { self: links.application(application.id), entities: links.entities(application.id) },
  };
}

export function statusOfApplication(application: Entity): ApplicationStatus {
  const state = application.get(SERVICE_STATE);
  return state === undefined ? "UNKNOWN" : statusOf[state];
}

export function statusOfLifecycle(state: Lifecycle): ApplicationStatus {
  return statusOf[state];
}
