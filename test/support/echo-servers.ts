import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

export interface EchoServers {
  tcp: { host: string; port: number };
  unix: { socket: string };
  stop(): Promise<void>;
}

/** Servers on this computer that send back what they get: on a port and on a socket in `folder`. */
export async function startEchoServers(folder: string): Promise<EchoServers> {
  const sockets = new Set<Socket>();
  const serve = (): Server =>
    createServer((socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      socket.pipe(socket);
    });
  const tcp = serve();
  const unix = serve();
  const path = join(folder, "echo.sock");
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => unix.listen(path, resolve));
  const address = tcp.address();
  if (address === null || typeof address === "string") throw new Error("The echo server has no port");
  return {
    tcp: { host: "127.0.0.1", port: address.port },
    unix: { socket: path },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([tcp, unix].map((server) => new Promise((resolve) => server.close(resolve))));
      await rm(path, { force: true });
    },
  };
}
