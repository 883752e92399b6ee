import { createServer, type Server } from "node:http";
import { duplexPair } from "node:stream";
import type { Engine } from "../../src/engine/engine.ts";
import { InMemoryEngine } from "../../src/engine/in-memory-engine.ts";
import { InMemoryMachine } from "../../src/machine/in-memory-machine.ts";
import type { EngineAtHand } from "../../src/machine/machine.ts";

export const BASE_IMAGE = "debian:bookworm-slim";

const COUNTERS = "1000.00 3000.00\n0.25 0.20 0.10 1/100 1234\ncpu  100 0 100 700 100 0 0 0 0 0\nMemTotal: 8000000 kB\nMemFree: 1000000 kB\nMemAvailable: 6000000 kB\n";

/** A machine in memory with a Docker Engine in memory, as setting up a host finds it. */
export class InMemoryDockerMachine extends InMemoryMachine implements EngineAtHand {
  readonly engine: Engine;

  constructor(options: { name: string; address: string; engine: Engine }) {
    super({ ...options, facts: { hostname: options.name } });
    this.engine = options.engine;
    this.on(/has dockerd/, { stdout: "engine=yes\ninit=none\npackages=apt-get\nbrought=no\nrestartDue=no\nmtu=1500\nroot=yes\n" });
    this.on(/\/proc\/loadavg/, { stdout: COUNTERS });
    // Only setting up asks through the socket, and only whether the engine answers.
    this.onForward(() => {
      const [near, far] = duplexPair();
      versionServer.emit("connection", far);
      return near;
    });
  }
}

/** An engine that has the base image, and whose containers answer what the lifecycle of software asks of a machine. */
export function inMemoryEngine(name: string, now: () => number): InMemoryEngine {
  const engine = new InMemoryEngine({ name, images: [BASE_IMAGE], now });
  engine.onExec(() => true, ({ env = {} }) => (env["INSTALL_NAME"] === undefined ? {} : { stdout: `/install/${env["INSTALL_NAME"]}\n/run/${env["RUN_NAME"]}\n` }));
  return engine;
}

const versionServer: Server = createServer((_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ Version: "in-memory", ApiVersion: "1.44", MinAPIVersion: "1.24", Os: "linux", Arch: "amd64" }));
});
