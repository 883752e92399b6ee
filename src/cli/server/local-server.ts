import { InMemoryStore } from "../../management/store/in-memory-store.ts";
import { openServer, type PrepareCatalog } from "../../management/open-server.ts";
import type { Properties } from "../../management/properties/properties.ts";
import type { Server } from "../../management/server.ts";
import { type RunningApi, startApi, type StartOptions } from "../../api/start-api.ts";
import type { ServerLog } from "./server-log.ts";

export interface LocalServerOptions {
  readonly dataDir: string;
  readonly properties: Properties;
  /** Reads them again while the server runs. */
  readonly readProperties?: () => Promise<Properties>;
  readonly log: ServerLog;
  readonly bind?: string | undefined;
  readonly port: StartOptions["port"];
  /** Serves HTTPS. */
  readonly tls?: StartOptions["tls"];
  readonly prepareCatalog?: PrepareCatalog;
  /** Keeps nothing over a restart. */
  readonly inMemory?: boolean;
  /** Told when the server has to end: its state can no longer be kept, or a request asks for it. */
  readonly onEnd: (reason: string) => void;
}

/** A management server with its HTTP front, in this process. */
export interface LocalServer {
  readonly server: Server;
  readonly api: RunningApi;
  /** Stops answering, then ends the server; what it manages keeps running. */
  close(): Promise<void>;
}

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { dataDir, properties, log, onEnd } = options;
  const server = await openServer({
    dataDir,
    properties,
    log,
    ...(options.readProperties === undefined ? {} : { readProperties: options.readProperties }),
    ...(options.inMemory === true ? { store: new InMemoryStore() } : {}),
    ...(options.prepareCatalog === undefined ? {} : { prepareCatalog: options.prepareCatalog }),
    onFatal: () => onEnd("its state can no longer be kept"),
  });
  try {
    const api = await startApi({ server, bind: options.bind, port: options.port, tls: options.tls, shutDown: onEnd });
    const close = async () => {
      await api.close();
      await server.close();
    };
    return { server, api, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}
