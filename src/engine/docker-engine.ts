import { connect as connectSocket } from "node:net";
import { z } from "zod";
import { versionAnswer } from "./api-version.ts";
import type { Connect } from "./connector.ts";
import { containerCalls } from "./containers.ts";
import type { Engine, EngineInfo } from "./engine.ts";
import { containerEvents } from "./events.ts";
import { execCalls } from "./exec.ts";
import { imageCalls } from "./images.ts";
import { networkCalls } from "./networks.ts";
import { askFor, EngineTransport } from "./transport.ts";

export interface EngineOptions {
  /** How people name the engine in messages. */
  name: string;
  /** Opens one connection: a unix socket, an SSH-forwarded one, TLS. It should give up when the signal aborts. */
  connect: Connect;
  /** Milliseconds for opening one connection; 30 s when absent. */
  connectTimeout?: number;
}

const CONNECT_TIMEOUT = 30_000;

const infoAnswer = z
  .object({
    Name: z.string(),
    Containers: z.number(),
    ContainersRunning: z.number(),
    Images: z.number(),
    NCPU: z.number(),
    MemTotal: z.number(),
    Driver: z.string(),
    CgroupVersion: z.string().default("1"),
  })
  .transform(
    (raw): EngineInfo => ({
      name: raw.Name,
      containers: raw.Containers,
      running: raw.ContainersRunning,
      images: raw.Images,
      cpus: raw.NCPU,
      memoryBytes: raw.MemTotal,
      storageDriver: raw.Driver,
      cgroupVersion: raw.CgroupVersion,
    }),
  );

/** A real Docker Engine, reached by `connect`. Nothing is opened before the first call. */
export function openEngine({ name, connect, connectTimeout = CONNECT_TIMEOUT }: EngineOptions): Engine {
  const transport = new EngineTransport(name, connect, connectTimeout);
  return {
    name,
    version: async (signal) => {
      const answer = await askFor(transport, versionAnswer, { method: "GET", path: "/version", action: "ask for the version", signal });
      return { version: answer.Version, apiVersion: answer.ApiVersion, os: answer.Os, architecture: answer.Arch };
    },
    info: (signal) => askFor(transport, infoAnswer, { method: "GET", path: "/info", action: "ask for information", signal }),
    ...containerCalls(transport),
    ...execCalls(transport),
    ...imageCalls(transport),
    ...networkCalls(transport),
    containerEvents: (signal, onListening) => containerEvents(transport, signal, onListening),
    close: () => transport.close(),
  };
}

/** The engine behind a unix socket of this computer. */
export function unixEngine(socketPath: string, name: string): Engine {
  return openEngine({
    name,
    connect: (signal) =>
      new Promise((resolve, reject) => {
        const socket = connectSocket({ path: socketPath, signal });
        socket.once("error", reject);
        socket.once("connect", () => {
          socket.off("error", reject);
          resolve(socket);
        });
      }),
  });
}
