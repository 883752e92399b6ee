import { readFile } from "node:fs/promises";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import type { ContainerSpec, Engine } from "../../engine/engine.ts";
import { boundingCapabilities } from "./capabilities.ts";
import { OWNER_LABEL } from "./labels.ts";

/** What lets a container run an engine of its own. */
export type Privileges = Pick<ContainerSpec, "privileged" | "capAdd" | "securityOpt" | "deviceCgroupRules" | "cgroupnsMode" | "binds">;

/**
 * Finds out, by starting a container that ends at once, whether the engine may give containers every privilege; where it may not (its own process lacks a
 * capability, as in many sandboxes), each one that there is is given by name. Tried with Docker 20.10 on cgroup v1.
 */
export async function findPrivileges(engine: Engine, image: string, owner: string, work: Work): Promise<Privileges> {
  const groups = controlGroupAccess((await engine.info(work.signal)).cgroupVersion);
  const trial = { name: `clocker-${owner}-privileges`, image, command: ["true"], network: "none", privileged: true, ...groups };
  // A crash may have left one.
  await engine.removeContainer(trial.name, work.signal);
  const refusal = await tryPrivileged(engine, { ...trial, labels: { [OWNER_LABEL]: owner } }, work.signal);
  if (refusal === undefined) return { privileged: true, ...groups };
  work.log(`The engine gives no container all privileges (${refusal}), so each that there is will be given by name`);
  return {
    capAdd: boundingCapabilities(await readFile("/proc/self/status", "utf8")),
    securityOpt: ["seccomp=unconfined", "systempaths=unconfined", "apparmor=unconfined"],
    deviceCgroupRules: ["a *:* rwm"],
    ...groups,
  };
}

/** Nested containers start on cgroup v1 only in the host's namespace, with its folders; on v2 the machine's own is whole. */
function controlGroupAccess(version: string): Privileges {
  if (version === "2") return { cgroupnsMode: "private" };
  return { cgroupnsMode: "host", binds: [{ source: "/sys/fs/cgroup", target: "/sys/fs/cgroup" }] };
}

/** Gives back why it was refused. */
async function tryPrivileged(engine: Engine, spec: ContainerSpec, signal: AbortSignal): Promise<string | undefined> {
  let id: string | undefined;
  try {
    id = await engine.createContainer(spec, signal);
    await engine.startContainer(id, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClockerError && error.code === "unreachable") throw error;
    return messageOf(error);
  } finally {
    if (id !== undefined) await engine.removeContainer(id);
  }
}
