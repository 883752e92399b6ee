import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { showDuration } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_UP } from "../stock/attributes.ts";
import { forgetFailures, isUp, setExpected, setFailed } from "../stock/service-state.ts";
import { startable } from "../stock/startable.ts";
import { atMost } from "./at-most.ts";
import { MAX_CONCURRENT_CHILD_COMMANDS, RESTART_MODE } from "./cluster-keys.ts";

/**
 * Brooklyn's restart of a cluster: that of its members, all at once or one after the other.
 * @throws ClockerError `invalid-request` where the cluster's restart mode does not allow it, `invalid-value` for an unknown mode
 */
export async function restartMembers(cluster: Entity, work: Work): Promise<void> {
  const mode = (await cluster.config.get(RESTART_MODE, work))?.toLowerCase();
  if (mode === undefined) {
    throw new ClockerError("invalid-request", `Restart not supported for this cluster: ${RESTART_MODE.name} is not configured`, { remedy: `Set ${RESTART_MODE.name} to sequential or parallel, or stop and start "${cluster.displayName}"` });
  }
  if (mode === "off") throw new ClockerError("invalid-request", `Restart not supported for this cluster: ${RESTART_MODE.name} of "${cluster.displayName}" is off`);
  if (mode !== "sequential" && mode !== "parallel") throw new ClockerError("invalid-value", `Unknown ${RESTART_MODE.name} '${mode}'`, { remedy: "Write off, sequential or parallel" });
  const limit = mode === "sequential" ? 1 : cluster.config.peek(MAX_CONCURRENT_CHILD_COMMANDS);
  setExpected(cluster, "STARTING");
  try {
    await atMost(limit, startable(cluster.children), async (child) => {
      work.signal.throwIfAborted();
      await child.invoke("restart", {}, work);
    });
    forgetFailures(cluster);
    setExpected(cluster, "RUNNING");
  } catch (error) {
    setFailed(cluster, "restart", error);
    throw error;
  }
}

/** Waits until the cluster is up. @throws ClockerError `timeout` */
export async function waitUntilUp(cluster: Entity, timeout: number, work: Work): Promise<void> {
  if (isUp(cluster)) return;
  const { events, clock } = cluster.management;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const unsubscribe = events.subscribeSensor(cluster.id, SERVICE_UP.name, ({ value }) => {
    if (value === true) resolve(true);
  });
  const ended = new AbortController();
  work.waitFor(`"${cluster.displayName}" to be up`);
  try {
    const late = clock.sleep(timeout, AbortSignal.any([work.signal, ended.signal])).then(() => false);
    if (await Promise.race([promise, late])) return;
  } finally {
    unsubscribe();
    ended.abort();
    work.waitFor(undefined);
  }
  throw new ClockerError("timeout", `Cluster "${cluster.displayName}" is not up ${showDuration(timeout)} after its members have started: ${Object.values(cluster.get(SERVICE_NOT_UP_INDICATORS) ?? {}).join("; ")}`);
}

/** A cluster that is being stopped is left alone by its policies, as in Brooklyn. */
export function suspendPolicies(cluster: Entity): void {
  for (const adjunct of cluster.adjuncts) if (adjunct.type.kind === "policy") adjunct.suspend();
  cluster.touch();
}

export function resumePolicies(cluster: Entity): void {
  for (const adjunct of cluster.adjuncts) if (adjunct.type.kind === "policy") adjunct.resume();
  cluster.touch();
}
