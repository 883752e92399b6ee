import { z } from "zod";
import { DOCKER_HOST, INFRASTRUCTURE } from "../../docker/keys.ts";
import type { ApiContext } from "../api-context.ts";
import { ApplicationOverview, applicationOverview } from "./application-overview.ts";
import { CloudOverview, cloudOverview } from "./cloud-overview.ts";
import { recentTasks, TaskOverview } from "./recent-tasks.ts";

export const Overview = z
  .object({
    server: z.object({ version: z.string(), planeId: z.string(), up: z.boolean(), now: z.int().describe("Milliseconds since the epoch") }),
    clouds: z.array(CloudOverview),
    applications: z.array(ApplicationOverview),
    activity: z.array(TaskOverview),
  })
  .meta({ id: "Overview" });

/** The plane at a glance, as the status page shows it. */
export function overview({ plane, server, isShuttingDown }: ApiContext): z.infer<typeof Overview> {
  const infrastructures = [...plane.entitiesOf(INFRASTRUCTURE)];
  const hosts = [...plane.entitiesOf(DOCKER_HOST)];
  const clouds = infrastructures.map((infrastructure) => cloudOverview(infrastructure, hosts.filter((host) => isBelow(host, infrastructure))));
  const cloudApplications = new Set(infrastructures.map((infrastructure) => infrastructure.application));
  return {
    server: { version: server.version.version, planeId: plane.planeId, up: server.isReady && !isShuttingDown, now: plane.clock.now() },
    clouds,
    applications: plane.applications().filter((application) => !cloudApplications.has(application)).map((application) => applicationOverview(application)),
    activity: recentTasks(plane),
  };
}

function isBelow(entity: { parent: unknown }, ancestor: unknown): boolean {
  for (let each: unknown = entity; typeof each === "object" && each !== null && "parent" in each; each = each.parent) if (each === ancestor) return true;
  return false;
}
