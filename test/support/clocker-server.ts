import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { ClockerApi, SOON } from "./clocker-api.ts";
import { ClockerProcess, runClocker, type Ended } from "./clocker-process.ts";
import { removeOwnedBy } from "./outer-engine.ts";
import { until } from "./until.ts";

export interface ServerOptions {
  /** A home of the server's own: what is in `~/.brooklyn` counts. An empty one unless given. */
  readonly home?: string;
  /** Lines of a properties file. */
  readonly properties?: readonly string[];
}

/** A management server as users start it, on a data directory of its own; it can be killed and started again. */
export class ClockerServer {
  readonly folder: string;
  readonly dataDir: string;
  readonly #options: ServerOptions;
  #process: ClockerProcess | undefined;
  #api: ClockerApi | undefined;
  #planeId: string | undefined;

  private constructor(folder: string, options: ServerOptions) {
    this.folder = folder;
    this.dataDir = join(folder, "data");
    this.#options = options;
  }

  static async start(options: ServerOptions = {}): Promise<ClockerServer> {
    const server = new ClockerServer(await mkdtemp(join(tmpdir(), "clocker-e2e-")), options);
    await writeFile(join(server.folder, "test.properties"), (options.properties ?? []).join("\n"), { mode: 0o600 });
    try {
      await server.launch();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  get api(): ClockerApi {
    if (this.#api === undefined) throw new Error("The server was never started");
    return this.#api;
  }

  get planeId(): string {
    if (this.#planeId === undefined) throw new Error("The server was never started");
    return this.#planeId;
  }

  get pid(): number {
    return this.process.child.pid ?? 0;
  }

  get process(): ClockerProcess {
    if (this.#process === undefined) throw new Error("The server was never started");
    return this.#process;
  }

  /** Starts it, again after `kill` or `terminate`, and waits until it is ready. */
  async launch(): Promise<void> {
    this.#process = new ClockerProcess(this.launchArguments(), this.#environment());
    const [, url = ""] = await this.#process.writes(/console at (http:\S+)/);
    const api = (this.#api = new ClockerApi(url));
    await until(async () => (await api.text("/v1/server/up")) === "true", () => "the server is not up", 2 * SOON);
    this.#planeId = await api.planeId();
  }

  launchArguments(): string[] {
    return ["launch", "--port", "0", "--data-dir", this.dataDir, "--properties", join(this.folder, "test.properties")];
  }

  /** Ends it as a crash does. */
  kill(): Promise<Ended> {
    return this.process.signal("SIGKILL");
  }

  /** Ends it as a service manager does. */
  terminate(): Promise<Ended> {
    return this.process.signal("SIGTERM");
  }

  /** Another process of the command line, as a client of this server unless it starts one. */
  cli(...args: readonly string[]): Promise<Ended> {
    return runClocker(args, { ...this.#environment(), CLOCKER_URL: this.api.url });
  }

  /** The command line's answer as JSON. */
  async cliJson<T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cli(...args, "-o", "json");
    if (code !== 0) throw new Error(`clocker ${args.join(" ")} ended with ${String(code)}: ${stderr}`);
    return shape.parse(JSON.parse(stdout));
  }

  /** Ends the server, and removes whatever it left behind: machines, network, files. */
  async dispose(): Promise<void> {
    try {
      await this.terminate();
    } finally {
      if (this.#planeId !== undefined) await removeOwnedBy(this.#planeId);
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  #environment(): Record<string, string> {
    // What runs on this computer has its folders there.
    return { HOME: this.#options.home ?? this.folder, TMPDIR: this.folder };
  }
}
