import { isDeepStrictEqual } from "node:util";
import { ClockerError } from "../../model/errors.ts";

export type DaemonConfig = Readonly<Record<string, unknown>>;

/** What a Docker host's engine is asked to be; each absent one is left as it is. */
export interface DaemonOptions {
  storageDriver?: string;
  /** `host:port` of registries without TLS. */
  insecureRegistries?: readonly string[];
  registryMirrors?: readonly string[];
  /** Further entries of daemon.json, by their names there. */
  daemonConfig?: DaemonConfig;
}

/** The entries of daemon.json that options ask for. */
export function wantedDaemonConfig(options: DaemonOptions): DaemonConfig {
  return {
    ...(options.storageDriver === undefined ? {} : { "storage-driver": options.storageDriver }),
    ...(options.insecureRegistries?.length ? { "insecure-registries": options.insecureRegistries } : {}),
    ...(options.registryMirrors?.length ? { "registry-mirrors": options.registryMirrors } : {}),
    ...options.daemonConfig,
  };
}

/** What is there, with what is wanted: lists are joined, maps merged, other values replaced. The same value comes back when nothing changes. */
export function mergeDaemonConfig(existing: DaemonConfig, wanted: DaemonConfig): DaemonConfig {
  const merged = mergeMaps(existing, wanted);
  return isDeepStrictEqual(merged, existing) ? existing : merged;
}

/** @throws ClockerError `invalid-value` naming the file, for people to mend: it isn't ours to throw away. */
export function parseDaemonConfig(text: string, place: string): DaemonConfig {
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot read "${place}": it is not valid JSON`, { cause: error, remedy: "Mend the file, then start the host again" });
  }
  if (isMap(value)) return value;
  throw new ClockerError("invalid-value", `Cannot read "${place}": expected a JSON object`, { remedy: "Mend the file, then start the host again" });
}

function mergeMaps(existing: DaemonConfig, wanted: DaemonConfig): DaemonConfig {
  const merged: Record<string, unknown> = { ...existing };
  for (const [key, value] of Object.entries(wanted)) merged[key] = mergeValues(merged[key], value);
  return merged;
}

function mergeValues(existing: unknown, wanted: unknown): unknown {
  if (isMap(existing) && isMap(wanted)) return mergeMaps(existing, wanted);
  if (!Array.isArray(existing) || !Array.isArray(wanted)) return wanted;
  const all: unknown[] = existing;
  const added: unknown[] = wanted.filter((item) => !all.some((other) => isDeepStrictEqual(other, item)));
  return [...all, ...added];
}

function isMap(value: unknown): value is DaemonConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
