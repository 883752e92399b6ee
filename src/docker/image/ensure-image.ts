import type { Engine, RegistryAuth } from "../../engine/engine.ts";
import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { untilAborted } from "../../model/mutex.ts";
import type { Work } from "../../model/work.ts";
import { ensureBaseImage } from "../../provider/base-image.ts";
import { defaultCacheDir } from "../../provider/provider-config.ts";
import { tarOf } from "../../provider/tar-of.ts";
import type { HostRuntime, ImageUnderWay } from "../host/host-runtime.ts";
import { DOCKERFILE_NAME, DOCKERFILE_SUBSTITUTIONS, DOCKERFILE_URL, IMAGE_ID, IMAGE_NAME, IMAGE_TAG, REGISTRY_PASSWORD, REGISTRY_URL, REGISTRY_USERNAME, VANILLA_APPLICATION } from "../keys.ts";
import { imageReference } from "./image-reference.ts";
import { imageNameFor, renderDockerfile, repositoryFor } from "./dockerfile.ts";

/** The image for a container, on its host. */
export interface FoundImage {
  name: string;
  /** Whether its own entrypoint and command are what is to run. Otherwise it is kept running for what is installed in it. */
  runsItself: boolean;
}

/** Reads a key where a container's options are looked for: on the running entity (and its parents) first, then on the container (and host, and cloud). */
export type OptionReader = <T>(key: ConfigKey<T>) => Promise<T | undefined>;

/**
 * Finds, pulls or builds the image of a container on its host (reference/clocker.md, 5.1): an image by name or id, else a Dockerfile, else the default base image.
 * What is on the host already is used; the same image is got once, however many containers ask for it at a time.
 */
export async function ensureImage(runtime: HostRuntime, entity: Entity, option: OptionReader, work: Work): Promise<FoundImage> {
  const { engine } = runtime;
  const named = await option(IMAGE_NAME);
  if (named !== undefined) {
    const registry = { url: await option(REGISTRY_URL), username: await option(REGISTRY_USERNAME), password: await option(REGISTRY_PASSWORD) };
    const { name, auth } = imageReference(named, (await option(IMAGE_TAG)) ?? "latest", registry);
    await once(runtime, name, work, (step) => pull(engine, name, auth, step));
    return { name, runsItself: await hasOwnCommand(engine, name, work) };
  }
  const url = await option(DOCKERFILE_URL);
  if (url !== undefined) {
    const name = await build(runtime, entity, url, option, work);
    return { name, runsItself: entity.is(VANILLA_APPLICATION) && (await hasOwnCommand(engine, name, work)) };
  }
  const id = await option(IMAGE_ID);
  if (id !== undefined) {
    return { name: id, runsItself: await hasOwnCommand(engine, id, work) };
  }
  return { name: await baseImage(runtime, work), runsItself: false };
}

/** A bare shell, which is what base images have, would end at once. */
async function hasOwnCommand(engine: Engine, name: string, work: Work): Promise<boolean> {
  const { entrypoint, command } = await engine.inspectImage(name, work.signal);
  return entrypoint.length > 0 || (command.length > 0 && !(command.length === 1 && /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash)$/.test(command[0] ?? "")));
}

/** The image that containers get which ask for none, and Dockerfiles build on. */
export function baseImage(runtime: HostRuntime, work: Work): Promise<string> {
  return once(runtime, "base image", work, (step) => ensureBaseImage(runtime.engine, { cacheDir: defaultCacheDir(), work: step }));
}

async function build(runtime: HostRuntime, entity: Entity, url: string, option: OptionReader, work: Work): Promise<string> {
  const { engine, host } = runtime;
  const base = await baseImage(runtime, work);
  const content = await host.management.resources.read(url, work);
  const repository = repositoryFor(await option(DOCKERFILE_NAME), url);
  const isArchive = content[0] === 0x1f && content[1] === 0x8b;
  const values = { baseImage: base, "entity.id": entity.id, "entity.displayName": entity.displayName, ...(await option(DOCKERFILE_SUBSTITUTIONS)) };
  const dockerfile = isArchive ? content.toString("base64") : renderDockerfile(content.toString("utf8"), values);
  const baseId = (await engine.inspectImage(base, work.signal)).id;
  const name = imageNameFor(repository, baseId, dockerfile);
  await once(runtime, name, work, async (step) => {
    if (await isThere(engine, name, step)) return;
    await step.step(`build ${name}`, async (building) => {
      building.write("stdin", isArchive ? `(archive of ${content.length} bytes)` : dockerfile);
      const context = isArchive ? content : await tarOf([{ path: "Dockerfile", content: dockerfile }]);
      await engine.buildImage(context, { tag: name, labels: { "clocker.dockerfile": url }, onOutput: (line) => building.write("stdout", line) }, building.signal);
    });
  });
  return name;
}

async function pull(engine: Engine, name: string, auth: RegistryAuth | undefined, work: Work): Promise<void> {
  if (await isThere(engine, name, work)) return;
  await work.step(`pull ${name}`, async (step) => {
    try {
      await engine.pullImage(name, { ...(auth === undefined ? {} : { registryAuth: auth }), onProgress: (line) => step.log(line) }, step.signal);
    } catch (error) {
      step.signal.throwIfAborted();
      throw new ClockerError("engine-error", `Cannot pull image "${name}" on "${engine.name}"`, { cause: error, remedy: "Check the image's name and tag, and that the host reaches its registry" });
    }
  });
}

async function isThere(engine: Engine, name: string, work: Work): Promise<boolean> {
  try {
    await engine.inspectImage(name, work.signal);
    return true;
  } catch (error) {
    if (error instanceof ClockerError && error.code === "not-found") return false;
    throw error;
  }
}

/**
 * Gets an image once a host at a time. It runs as a task of the host, so that the deployment that asked first may be cancelled
 * without failing the others; each waiter sees in its own task what it waits for. With the last waiter it is cancelled too.
 */
async function once<T>(runtime: HostRuntime, name: string, work: Work, get: (work: Work) => Promise<T>): Promise<T> {
  const { host } = runtime;
  const underWay = (runtime.imagesUnderWay.get(name) as ImageUnderWay<T> | undefined) ?? begin(runtime, name, get);
  underWay.waiters++;
  work.waitFor(`image ${name} on ${host.displayName}`);
  try {
    return await untilAborted(underWay.result, work.signal);
  } finally {
    work.waitFor(undefined);
    underWay.waiters--;
    if (underWay.waiters === 0 && !underWay.task.isEnded) {
      // Whoever comes now begins anew.
      runtime.imagesUnderWay.delete(name);
      underWay.task.cancel(new ClockerError("cancelled", `Nobody waits for image ${name} any more`, { cause: work.signal.reason }));
    }
  }
}

function begin<T>(runtime: HostRuntime, name: string, get: (work: Work) => Promise<T>): ImageUnderWay<T> {
  const { host, imagesUnderWay } = runtime;
  const { task, result } = host.management.submit(host, `image ${name}`, get);
  const underWay: ImageUnderWay<T> = { task, result, waiters: 0 };
  imagesUnderWay.set(name, underWay);
  const forget = () => {
    if (imagesUnderWay.get(name) === underWay) imagesUnderWay.delete(name);
  };
  result.then(forget, forget);
  return underWay;
}
