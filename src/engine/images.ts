import type { Readable } from "node:stream";
import { z } from "zod";
import { ClockerError } from "../model/errors.ts";
import type { Engine, ImageState, RegistryAuth } from "./engine.ts";
import { splitImageName } from "./image-name.ts";
import { followProgress } from "./progress.ts";
import { askFor, type EngineRequest, type EngineTransport } from "./transport.ts";

type ImageCalls = Pick<
  Engine,
  "inspectImage" | "listImages" | "pullImage" | "buildImage" | "tagImage" | "pushImage" | "importImage" | "saveImage" | "loadImage" | "commitContainer" | "removeImage"
>;

/** Milliseconds without a word, after which a pull, build or upload counts as stuck. */
const SILENCE = 1_800_000;

const strings = z.array(z.string()).nullish().transform((value) => value ?? []);
const labels = z.record(z.string(), z.string()).nullish().transform((value) => value ?? {});
/** What `docker images` prints as `<none>:<none>`. */
const realTags = strings.transform((tags) => tags.filter((tag) => !tag.startsWith("<none>")));

const inspectedImage = z
  .object({
    Id: z.string(),
    RepoTags: realTags,
    Size: z.number(),
    Config: z.object({ Labels: labels, ExposedPorts: z.record(z.string(), z.unknown()).nullish(), Entrypoint: strings, Cmd: strings }).nullish(),
  })
  .transform(
    (raw): ImageState => ({
      id: raw.Id,
      tags: raw.RepoTags,
      sizeBytes: raw.Size,
      labels: raw.Config?.Labels ?? {},
      exposedPorts: Object.keys(raw.Config?.ExposedPorts ?? {}),
      entrypoint: raw.Config?.Entrypoint ?? [],
      command: raw.Config?.Cmd ?? [],
    }),
  );

/** The list doesn't tell ports and commands: they are empty. */
const listedImage = z
  .object({ Id: z.string(), RepoTags: realTags, Size: z.number(), Labels: labels })
  .transform((raw): ImageState => ({ id: raw.Id, tags: raw.RepoTags, sizeBytes: raw.Size, labels: raw.Labels, exposedPorts: [], entrypoint: [], command: [] }));

/** Images: on the engine, to and from registries, made and moved. */
export function imageCalls(transport: EngineTransport): ImageCalls {
  return {
    inspectImage: (name, signal) => inspectImage(transport, name, signal),
    listImages: (signal) => askFor(transport, z.array(listedImage), { method: "GET", path: "/images/json", action: "list images", signal }),
    pullImage: (name, options, signal) => pullImage(transport, name, options, signal),
    buildImage: (context, options, signal) => buildImage(transport, context, options, signal),
    tagImage: async (name, target, signal) => {
      const { repository, tag } = splitImageName(target);
      await transport.json({ method: "POST", path: `${at(name)}/tag`, query: { repo: repository, tag }, action: `tag image "${name}" as "${target}"`, signal });
    },
    pushImage: (name, options, signal) => pushImage(transport, name, options, signal),
    importImage: (rootfs, options, signal) => importImage(transport, rootfs, options, signal),
    saveImage: (name, signal) => transport.stream({ method: "GET", path: `${at(name)}/get`, action: `save image "${name}"`, silence: SILENCE, signal }),
    loadImage: async (tar, signal) => {
      const action = "load images";
      const stream = await transport.stream({ method: "POST", path: "/images/load", query: { quiet: true }, content: tar, action, silence: SILENCE, signal });
      await followProgress(transport, stream, { action, failure: "engine-error", signal });
    },
    commitContainer: (id, options, signal) => commitContainer(transport, id, options, signal),
    removeImage: async (name, options, signal) => {
      const request: EngineRequest = { method: "DELETE", path: at(name), query: { force: options?.force ?? false }, action: `remove image "${name}"`, accept: [404], pace: "slow", signal };
      await transport.json(request);
    },
  };
}

async function inspectImage(transport: EngineTransport, name: string, signal?: AbortSignal): Promise<ImageState> {
  return await askFor(transport, inspectedImage, { method: "GET", path: `${at(name)}/json`, action: `inspect image "${name}"`, signal });
}

async function pullImage(transport: EngineTransport, name: string, options: Parameters<Engine["pullImage"]>[1], signal?: AbortSignal): Promise<void> {
  const action = `pull image "${name}"`;
  const { repository, tag } = splitImageName(name);
  const stream = await transport.stream({
    method: "POST",
    path: "/images/create",
    query: { fromImage: repository, tag },
    headers: registryHeader(options.registryAuth),
    action,
    silence: SILENCE,
    signal,
  });
  await followProgress(transport, stream, { action, failure: "engine-error", onLine: options.onProgress, signal });
}

async function buildImage(transport: EngineTransport, context: Readable | Buffer, options: Parameters<Engine["buildImage"]>[1], signal?: AbortSignal): Promise<string> {
  const action = `build image "${options.tag}"`;
  const query = {
    t: options.tag,
    rm: true,
    forcerm: true,
    buildargs: options.buildArgs && JSON.stringify(options.buildArgs),
    labels: options.labels && JSON.stringify(options.labels),
    networkmode: options.networkMode,
  };
  const stream = await transport.stream({ method: "POST", path: "/build", query, content: context, action, silence: SILENCE, signal });
  const { imageId } = await followProgress(transport, stream, { action, failure: "build-failed", onLine: options.onOutput, signal });
  return imageId ?? (await inspectImage(transport, options.tag, signal)).id;
}

async function pushImage(transport: EngineTransport, name: string, options: Parameters<Engine["pushImage"]>[1], signal?: AbortSignal): Promise<void> {
  const action = `push image "${name}"`;
  const { repository, tag } = splitImageName(name);
  // The engine wants the header even for a registry that asks for no login.
  const headers = options.registryAuth ? registryHeader(options.registryAuth) : { "X-Registry-Auth": encodeAuth({}) };
  const stream = await transport.stream({ method: "POST", path: `${at(repository)}/push`, query: { tag }, headers, action, silence: SILENCE, signal });
  await followProgress(transport, stream, { action, failure: "engine-error", onLine: options.onProgress, signal });
}

async function importImage(transport: EngineTransport, rootfs: Readable, options: Parameters<Engine["importImage"]>[1], signal?: AbortSignal): Promise<string> {
  const action = `import image "${options.tag}"`;
  const { repository, tag } = splitImageName(options.tag);
  const query = { fromSrc: "-", repo: repository, tag, changes: options.changes ?? [] };
  const stream = await transport.stream({ method: "POST", path: "/images/create", query, content: rootfs, action, silence: SILENCE, signal });
  const { lastStatus } = await followProgress(transport, stream, { action, failure: "engine-error", signal });
  if (!lastStatus.startsWith("sha256:")) throw new ClockerError("engine-error", `Cannot ${action} on engine "${transport.engine}": it told no image id`);
  return lastStatus;
}

async function commitContainer(transport: EngineTransport, id: string, options: Parameters<Engine["commitContainer"]>[1], signal?: AbortSignal): Promise<string> {
  const { repository, tag } = splitImageName(options.tag);
  const query = { container: id, repo: repository, tag, changes: options.changes ?? [] };
  const action = `make image "${options.tag}" of container "${id}"`;
  const answer = await askFor(transport, z.object({ Id: z.string() }), { method: "POST", path: "/commit", query, action, pace: "slow", silence: SILENCE, signal });
  return answer.Id;
}

function at(name: string): string {
  return `/images/${name.split("/").map(encodeURIComponent).join("/")}`;
}

function registryHeader(auth: RegistryAuth | undefined): Record<string, string> {
  return auth ? { "X-Registry-Auth": encodeAuth({ username: auth.username, password: auth.password, serveraddress: auth.server }) } : {};
}

function encodeAuth(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
