import { z } from "zod";
import { ClockerError } from "../model/errors.ts";
import { containerLogs } from "./container-logs.ts";
import { containerBody } from "./container-spec.ts";
import { inspectedContainer, listedContainer } from "./container-state.ts";
import { ContainerStatsReader } from "./container-stats.ts";
import type { ContainerSpec, Engine } from "./engine.ts";
import { labelFilter } from "./label-filter.ts";
import { askFor, type EngineRequest, type EngineTransport } from "./transport.ts";

type ContainerCalls = Pick<
  Engine,
  | "createContainer"
  | "startContainer"
  | "stopContainer"
  | "killContainer"
  | "pauseContainer"
  | "unpauseContainer"
  | "removeContainer"
  | "inspectContainer"
  | "listContainers"
  | "containerStats"
  | "containerLogs"
  | "putArchive"
  | "getArchive"
>;

const DEFAULT_GRACE_SECONDS = 10;
const created = z.object({ Id: z.string() });

/** Containers: their life, their state, their files. */
export function containerCalls(transport: EngineTransport): ContainerCalls {
  const stats = new ContainerStatsReader(transport);
  const post = (id: string, verb: string, signal: AbortSignal | undefined, more: Partial<EngineRequest> = {}): Promise<unknown> =>
    transport.json({ method: "POST", path: `${at(id)}/${verb}`, action: `${verb} container "${id}"`, signal, ...more });

  return {
    createContainer: (spec, signal) => createContainer(transport, spec, signal),
    startContainer: async (id, signal) => void (await post(id, "start", signal, { pace: "slow" })),
    stopContainer: async (id, options, signal) => {
      const seconds = options?.graceSeconds ?? DEFAULT_GRACE_SECONDS;
      await post(id, "stop", signal, { query: { t: seconds }, pace: "slow", silence: (seconds + 600) * 1000 });
    },
    killContainer: async (id, signal) => void (await post(id, "kill", signal)),
    pauseContainer: async (id, signal) => void (await post(id, "pause", signal)),
    unpauseContainer: async (id, signal) => void (await post(id, "unpause", signal)),
    removeContainer: async (id, signal) => {
      stats.forget(id);
      await removeContainer(transport, id, signal);
    },
    inspectContainer: (id, signal) => askFor(transport, inspectedContainer, { method: "GET", path: `${at(id)}/json`, action: `inspect container "${id}"`, signal }),
    listContainers: (filter, signal) =>
      askFor(transport, z.array(listedContainer), { method: "GET", path: "/containers/json", query: { all: true, filters: labelFilter(filter?.labels) }, action: "list containers", signal }),
    containerStats: (id, signal) => stats.read(id, signal),
    containerLogs: (id, options, onChunk, signal) => containerLogs(transport, id, options, onChunk, signal),
    putArchive: async (id, folder, tar, signal) => {
      await transport.json({ method: "PUT", path: `${at(id)}/archive`, query: { path: folder }, content: tar, action: `copy files to container "${id}" at "${folder}"`, pace: "slow", signal });
    },
    getArchive: (id, path, signal) =>
      transport.stream({ method: "GET", path: `${at(id)}/archive`, query: { path }, action: `copy "${path}" from container "${id}"`, pace: "slow", signal }),
  };
}

async function createContainer(transport: EngineTransport, spec: ContainerSpec, signal?: AbortSignal): Promise<string> {
  const action = `create container ${spec.name === undefined ? "" : `"${spec.name}" `}of image "${spec.image}"`;
  const request: EngineRequest = { method: "POST", path: "/containers/create", query: { name: spec.name }, json: containerBody(spec), action, pace: "slow", signal };
  return (await askFor(transport, created, request)).Id;
}

async function removeContainer(transport: EngineTransport, id: string, signal?: AbortSignal): Promise<void> {
  try {
    await transport.json({ method: "DELETE", path: at(id), query: { force: true, v: true }, action: `remove container "${id}"`, accept: [404], pace: "slow", signal });
  } catch (error) {
    const goesAlready = error instanceof ClockerError && error.code === "conflict" && error.message.includes("already in progress");
    if (!goesAlready) throw error;
  }
}

function at(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}
