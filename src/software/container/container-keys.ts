import type { VolumeBind } from "../../engine/engine.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { types } from "../../model/types/index.ts";
import { CoercionError, type ValueType } from "../../model/value-type.ts";
import { asVariables } from "../process/environment.ts";
import { type ContainerJob, JOB_TIMEOUT, type PullPolicy } from "./container-job.ts";

/** Keys of what runs a container (Brooklyn's `ContainerCommons`; reference, 8.3). */
const pullPolicies = ["IfNotPresent", "Always", "Never"] as const;
export const IMAGE = configKey("image", types.string, "The image to run", { aliases: ["containerImage"], constraints: ["required"] });
export const PULL_POLICY = configKey<PullPolicy>("imagePullPolicy", types.enumOf("org.apache.brooklyn.tasks.kubectl.PullPolicy", pullPolicies), "When the image is pulled", { aliases: ["pullPolicy"], defaultValue: "IfNotPresent" });
export const BASH_SCRIPT = configKey("bashScript", types.json, "A script that the image's bash runs: text, or a list of lines");
export const COMMAND = configKey("command", types.json, "In place of the image's entry point: a list of words, or one text that the image's sh runs", { aliases: ["commands"] });
export const ARGS = configKey("args", types.json, "In place of the image's own arguments: a list of words, or one", { aliases: ["arguments"] });
export const ENV = configKey("shell.env", types.map(), "Environment variables of the container", { flag: "env", defaultValue: {} });
export const TIMEOUT = configKey("timeout", types.duration, "How long it may take, the pull included", { defaultValue: JOB_TIMEOUT });
export const EXIT_CODE_ZERO = configKey("requireExitCodeZero", types.boolean, "Whether an exit code other than 0 is a failure", { defaultValue: true });
export const WORKING_DIR = configKey("workingDir", types.string, "Folder in the container to run in");
export const VOLUMES = configKey("volumes", types.json, "Volumes, as Kubernetes writes them: name with hostPath or emptyDir");
export const VOLUME_MOUNTS = configKey("volumeMounts", types.json, "Where the volumes are mounted, as Kubernetes writes it: name, mountPath, readOnly", { aliases: ["volumesMounts"] });

export const containerKeys: readonly ConfigKey[] = [IMAGE, PULL_POLICY, BASH_SCRIPT, COMMAND, ARGS, ENV, TIMEOUT, EXIT_CODE_ZERO, WORKING_DIR, VOLUMES, VOLUME_MOUNTS];

/** What is to be run, and whether its exit code must be 0. */
export interface ContainerRun {
  readonly job: ContainerJob;
  readonly requireExitCodeZero: boolean;
}

/**
 * Reads resolved values under the names of `containerKeys`, as initializers and the workflow step `container` have them.
 * @throws ClockerError `invalid-value` naming the key
 */
export function readContainerJob(values: Readonly<Record<string, unknown>>): ContainerRun {
  const get = <T>(key: ConfigKey<T>): T | undefined => valueOf(values, key);
  const image = get(IMAGE);
  if (image === undefined || image.trim() === "") throw new ClockerError("invalid-value", "Cannot run a container: it needs an image", { remedy: 'Give "image"' });
  const script = linesOf(get(BASH_SCRIPT), BASH_SCRIPT);
  const entrypoint = script === undefined ? commandOf(get(COMMAND)) : ["/bin/bash", "-c", script, ...(get(ARGS) === undefined ? [] : ["bash"])];
  if (script !== undefined && get(COMMAND) !== undefined) throw new ClockerError("invalid-value", `Cannot run image "${image}": it has both "${BASH_SCRIPT.name}" and "${COMMAND.name}"`, { remedy: "Give one of them" });
  const job: ContainerJob = {
    image: image.trim(),
    pullPolicy: get(PULL_POLICY),
    entrypoint,
    args: wordsOf(get(ARGS), ARGS),
    env: asVariables(get(ENV) ?? {}, `"${ENV.name}" of a container`),
    workingDir: get(WORKING_DIR),
    timeout: get(TIMEOUT),
    ...mountsOf(get(VOLUMES), get(VOLUME_MOUNTS)),
  };
  return { job, requireExitCodeZero: get(EXIT_CODE_ZERO) ?? true };
}

function valueOf<T>(values: Readonly<Record<string, unknown>>, key: ConfigKey<T>): T | undefined {
  const name = [key.name, ...key.aliases].find((each) => values[each] !== undefined && values[each] !== null);
  if (name === undefined) return key.defaultValue;
  const type: ValueType<T> = key.type;
  try {
    return type.coerce(values[name]);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    throw new ClockerError("invalid-value", `Cannot use "${name}" of a container: ${messageOf(error)}`, { cause: error });
  }
}

/** One text is for a shell, as people write it; words are taken as they are. */
function commandOf(value: unknown): string[] | undefined {
  return typeof value === "string" ? ["/bin/sh", "-c", value] : wordsOf(value, COMMAND);
}

function wordsOf(value: unknown, key: ConfigKey): string[] | undefined {
  if (value === undefined) return undefined;
  const words = Array.isArray(value) ? value : [value];
  if (words.some((word) => !["string", "number", "boolean"].includes(typeof word))) throw new ClockerError("invalid-value", `Cannot use "${key.name}" of a container: expected a list of words`);
  return words.map(String);
}

function linesOf(value: unknown, key: ConfigKey): string | undefined {
  return wordsOf(value, key)?.join("\n");
}

function mountsOf(volumes: unknown, mounts: unknown): { binds: VolumeBind[]; volumes: string[] } {
  const sources = new Map(recordsIn(volumes, VOLUMES).map((volume) => [String(volume["name"]), volume]));
  const binds: VolumeBind[] = [];
  const empty: string[] = [];
  for (const mount of recordsIn(mounts, VOLUME_MOUNTS)) {
    const target = mount["mountPath"];
    const name = String(mount["name"]);
    if (typeof target !== "string" || !target.startsWith("/")) throw new ClockerError("invalid-value", `Cannot mount volume "${name}": "mountPath" must be an absolute path`);
    const source = sourceOf(name, sources.get(name));
    if (source === undefined) empty.push(target);
    else binds.push({ source, target, readOnly: mount["readOnly"] === true });
  }
  return { binds, volumes: empty };
}

/** A folder of the host; undefined for an empty volume. */
function sourceOf(name: string, volume: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (volume === undefined) throw new ClockerError("invalid-value", `Cannot mount volume "${name}": "${VOLUMES.name}" has none of that name`);
  if ("emptyDir" in volume) return undefined;
  const host = volume["hostPath"];
  const path = isRecord(host) ? host["path"] : host;
  if (typeof path === "string" && path.startsWith("/")) return path;
  throw new ClockerError("invalid-value", `Cannot use volume "${name}": expected hostPath with an absolute path, or emptyDir`, { remedy: "Other kinds of volumes are Kubernetes' own: there is no Kubernetes here" });
}

function recordsIn(value: unknown, key: ConfigKey): Readonly<Record<string, unknown>>[] {
  if (value === undefined) return [];
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (isRecord(item)) return item;
    throw new ClockerError("invalid-value", `Cannot use "${key.name}" of a container: expected a list of maps with a name`);
  });
}
