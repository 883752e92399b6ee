import { z } from "zod";
import { ApplicationSummary } from "../../api/shapes/application-summary.ts";
import { EntitySummary } from "../../api/shapes/entity-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { unixEngine } from "../../engine/docker-engine.ts";
import { knownEngineSocket } from "../../provider/local/ensure-engine.ts";
import { OWNER_LABEL } from "../../provider/local/labels.ts";
import { Client } from "../client/client.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { followTask } from "../progress/follow-task.ts";
import type { ProgressView } from "../progress/progress-view.ts";
import type { LocalServer } from "../server/local-server.ts";

/** Milliseconds that removing everything may take. */
const LIMIT = 10 * 60_000;

/**
 * Removes everything that the demonstration made: applications, the youngest first, so that the cloud goes last; then looks whether machines or networks are left.
 * @throws CliError when something could not be removed, with what is left.
 */
export async function cleanUp(local: LocalServer, view: ProgressView): Promise<void> {
  view.heading("Removing everything");
  // The user's wish to stop does not stop this.
  const signal = AbortSignal.timeout(LIMIT);
  const client = new Client({ url: local.api.url }, signal);
  const failures: unknown[] = [];
  const applications = await client.json(z.array(ApplicationSummary), "/v1/applications");
  for (const { id } of applications.toReversed()) {
    try {
      const entities = await client.json(z.array(EntitySummary), `${links.application(id)}/descendants`);
      const task = await client.json(TaskSummary, links.application(id), { method: "DELETE" });
      await followTask(client, task.id, { view, signal, names: new Map(entities.map((entity) => [entity.id, entity.name])) });
    } catch (error) {
      failures.push(error);
    }
  }
  const left = await removeLeftovers(local.server.plane.planeId, signal);
  if (failures.length > 0) throw failures[0];
  if (left.length > 0) throw new CliError(exitCodes.failed, `Something was left when all applications were gone, and had to be removed apart: ${left.join(", ")}`);
}

/** Machines and networks with the plane's label, which should be none: removed, and named. */
async function removeLeftovers(planeId: string, signal: AbortSignal): Promise<string[]> {
  const socket = knownEngineSocket();
  if (socket === undefined) return [];
  const engine = unixEngine(socket, "localhost");
  const labels = { [OWNER_LABEL]: planeId };
  try {
    const containers = await engine.listContainers({ labels }, signal);
    for (const { id } of containers) await engine.removeContainer(id, signal);
    const networks = await engine.listNetworks({ labels }, signal);
    for (const { id } of networks) await engine.removeNetwork(id, signal);
    return [...containers.map(({ id }) => `container ${id.slice(0, 12)}`), ...networks.map(({ name }) => `network ${name}`)];
  } finally {
    await engine.close();
  }
}
