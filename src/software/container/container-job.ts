import type { Engine, VolumeBind } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import type { Management } from "../../model/management.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { showDuration } from "../../model/types/index.ts";
import { alsoEndedBy, type Work } from "../../model/work.ts";
import { engineFor } from "./engine-for.ts";

export type PullPolicy = "IfNotPresent" | "Always" | "Never";

/** A container that is run once, for what it writes and the code that it ends with. */
export interface ContainerJob {
  readonly image: string;
  /** `IfNotPresent` when absent. */
  readonly pullPolicy?: PullPolicy | undefined;
  /** In place of the image's own entry point (Kubernetes' `command`). */
  readonly entrypoint?: readonly string[] | undefined;
  /** In place of the image's own arguments (Kubernetes' `args`). */
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string | undefined;
  readonly binds?: readonly VolumeBind[];
  /** Anonymous volumes at these paths. */
  readonly volumes?: readonly string[];
  /** Milliseconds, the pull included; `JOB_TIMEOUT` when absent. */
  readonly timeout?: number | undefined;
}

export interface ContainerJobResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** As Brooklyn's container tasks. */
export const JOB_TIMEOUT = 300_000;

const OWNER_LABEL = "clocker.owner";
/** On every container of a job; its value is the id of the task. */
const JOB_LABEL = "clocker.job";
const CLEAN_UP_LIMIT = 30_000;
/** Characters of each stream that are kept. */
const LONGEST_OUTPUT = 1_000_000;
/** Between looks at a container whose output has ended, and how many of them. */
const EXIT_PAUSE = 100;
const EXIT_LOOKS = 100;

/** Documents of jobs: recorded before the engine is asked for anything, gone with the container. */
const DOCUMENTS = "container-job";

/** Jobs of this process: containers with another job's label were left by a server that was killed. */
const running = new Set<string>();

/**
 * Runs a container to its end and removes it: on the engine of the host that the entity's own container is on, or that its cloud has, else on this
 * computer's engine. Output is written to the task's streams as it comes. The container goes with the work: a cancelled task leaves none behind.
 * @returns the output and the exit code, whatever that is
 * @throws ClockerError `no-machine` where there is no engine, `engine-error`, `timeout`
 */
export async function runContainerJob(entity: Entity, job: ContainerJob, work: Work): Promise<ContainerJobResult> {
  const { engine, close } = engineFor(entity);
  const { clock } = entity.management;
  const timeout = job.timeout ?? JOB_TIMEOUT;
  const expiry = new AbortController();
  const cancelTimer = Number.isFinite(timeout)
    ? clock.after(timeout, () => expiry.abort(new ClockerError("timeout", `Container of image "${job.image}" took longer than ${showDuration(timeout)}`, { remedy: 'Give it a longer "timeout"' })))
    : () => {};
  running.add(work.taskId);
  try {
    return await runOn(engine, entity, job, alsoEndedBy(work, expiry.signal));
  } catch (error) {
    work.signal.throwIfAborted();
    expiry.signal.throwIfAborted();
    throw error;
  } finally {
    cancelTimer();
    running.delete(work.taskId);
    await close();
  }
}

async function runOn(engine: Engine, entity: Entity, job: ContainerJob, work: Work): Promise<ContainerJobResult> {
  const { planeId } = entity.management;
  await removeForgotten(engine, planeId, work);
  await ensureImage(engine, job, work);
  work.log(`Runs ${job.image} on ${engine.name}`);
  const labels = { [OWNER_LABEL]: planeId, [JOB_LABEL]: work.taskId };
  const { documents } = entity.management;
  documents.put(DOCUMENTS, work.taskId, { entityId: entity.id });
  await documents.flush();
  try {
    const id = await engine.createContainer(
      {
        image: job.image,
        labels,
        ...(job.entrypoint === undefined ? {} : { entrypoint: job.entrypoint }),
        ...(job.args === undefined ? {} : { command: job.args }),
        ...(job.env === undefined ? {} : { env: job.env }),
        ...(job.workingDir === undefined ? {} : { workingDir: job.workingDir }),
        ...(job.binds === undefined ? {} : { binds: job.binds }),
        ...(job.volumes === undefined ? {} : { volumes: job.volumes }),
        restart: "no",
      },
      work.signal,
    );
    await engine.startContainer(id, work.signal);
    const output = { stdout: "", stderr: "" };
    await engine.containerLogs(id, { follow: true }, (stream, chunk) => {
      output[stream] = (output[stream] + chunk).slice(-LONGEST_OUTPUT);
      work.write(stream, chunk);
    }, work.signal);
    return { ...output, exitCode: await exitCodeOf(engine, entity, id, work) };
  } finally {
    if (await removeJob(engine, labels, work)) documents.remove(DOCUMENTS, work.taskId);
  }
}

/** After a restart of the server: removes the containers of jobs that its end cut off, on the engines that they were on. */
export async function removeLeftJobs(management: Management, work: Work): Promise<void> {
  for (const [taskId, { entityId }] of [...management.documents.all(DOCUMENTS)]) {
    const entity = management.entity(String(entityId));
    if (entity === undefined) {
      // Where it ran is not known any more: the next job there removes it.
      if (!management.knows(String(entityId))) management.documents.remove(DOCUMENTS, taskId);
      continue;
    }
    await work.step(`remove the container of task ${taskId}`, async (step) => {
      const { engine, close } = engineFor(entity);
      try {
        const labels = { [OWNER_LABEL]: management.planeId, [JOB_LABEL]: taskId };
        if (await removeJob(engine, labels, step)) management.documents.remove(DOCUMENTS, taskId);
      } finally {
        await close();
      }
    }, { inessential: true });
  }
}

export function hasLeftJobs({ documents }: Management): boolean {
  return documents.all(DOCUMENTS).size > 0;
}

/** The engine ends the output a moment before it knows the exit code. */
async function exitCodeOf(engine: Engine, entity: Entity, id: string, work: Work): Promise<number> {
  for (let look = 0; look < EXIT_LOOKS; look++) {
    const state = await engine.inspectContainer(id, work.signal);
    if (!state.running) return state.exitCode;
    await entity.management.clock.sleep(EXIT_PAUSE, work.signal);
  }
  throw new ClockerError("engine-error", `Container "${id.slice(0, 12)}" of engine "${engine.name}" wrote its last and still runs`);
}

async function ensureImage(engine: Engine, { image, pullPolicy = "IfNotPresent" }: ContainerJob, work: Work): Promise<void> {
  const isThere = pullPolicy === "Always" ? false : await hasImage(engine, image, work);
  if (isThere) return;
  if (pullPolicy === "Never") throw new ClockerError("not-found", `Cannot run image "${image}" on "${engine.name}": it is not there, and imagePullPolicy is Never`, { remedy: "Pull or build it there, or let it be pulled with IfNotPresent" });
  await work.step(`pull ${image}`, async (step) => {
    try {
      await engine.pullImage(image, { onProgress: (line) => step.log(line) }, step.signal);
    } catch (cause) {
      step.signal.throwIfAborted();
      throw new ClockerError("engine-error", `Cannot pull image "${image}" on "${engine.name}": ${messageOf(cause)}`, { cause, remedy: "Check the image's name and tag, and that the host reaches its registry" });
    }
  });
}

async function hasImage(engine: Engine, image: string, work: Work): Promise<boolean> {
  try {
    await engine.inspectImage(image, work.signal);
    return true;
  } catch (error) {
    if (error instanceof ClockerError && error.code === "not-found") return false;
    throw error;
  }
}

/** Found by its label, so that one whose id never arrived goes too; in a bound of its own, since the work may have been cancelled. */
async function removeJob(engine: Engine, labels: Readonly<Record<string, string>>, work: Work): Promise<boolean> {
  const signal = AbortSignal.timeout(CLEAN_UP_LIMIT);
  try {
    for (const { id } of await engine.listContainers({ labels }, signal)) await engine.removeContainer(id, signal);
    return true;
  } catch (error) {
    // The next job on this engine removes it, or the next start of the server.
    work.write("stderr", `Cannot remove the container now: ${messageOf(error)}\n`);
    return false;
  }
}

/** Containers of jobs that a server of this plane left when it was killed. */
async function removeForgotten(engine: Engine, planeId: string, work: Work): Promise<void> {
  for (const { id, labels } of await engine.listContainers({ labels: { [OWNER_LABEL]: planeId, [JOB_LABEL]: undefined } }, work.signal)) {
    if (!running.has(labels[JOB_LABEL] ?? "")) await engine.removeContainer(id, work.signal);
  }
}
