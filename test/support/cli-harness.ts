import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type RunningApi, startApi } from "../../src/api/start-api.ts";
import { run } from "../../src/cli/run.ts";
import { type FakeServer, fakeServer } from "./fake-server.ts";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  /** Columns of the terminal that standard output is; none: a pipe. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

/** The command line against a fake server that listens for real. */
export class CliHarness {
  readonly server: FakeServer;
  readonly api: RunningApi;
  readonly home = mkdtempSync(join(tmpdir(), "clocker-cli-"));

  private constructor(server: FakeServer, api: RunningApi) {
    this.server = server;
    this.api = api;
  }

  static async start(properties: Record<string, string> = {}): Promise<CliHarness> {
    const server = fakeServer({ properties });
    return new CliHarness(server, await startApi({ server, port: { first: 0, orNext: false } }));
  }

  async run(words: string, options: CliOptions = {}): Promise<CliResult> {
    return this.runArgs(words.split(" ").filter((word) => word !== ""), options);
  }

  async runArgs(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    let stdout = "";
    let stderr = "";
    const code = await run(args, {
      stdout: { write: (text) => (stdout += textOf(text)), ...(options.columns === undefined ? {} : { isTTY: true, columns: options.columns }) },
      stderr: { write: (text) => (stderr += textOf(text)) },
      stdin: Readable.from([options.stdin ?? ""]),
      env: { CLOCKER_URL: this.api.url, NO_COLOR: "1", ...options.env },
      home: this.home,
      signal: options.signal ?? new AbortController().signal,
    });
    return { code, stdout, stderr };
  }

  /** Writes a file into the harness's folder; gives its path. */
  file(name: string, text: string): string {
    const path = join(this.home, name);
    writeFileSync(path, text);
    return path;
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.server.close();
    await rm(this.home, { recursive: true, force: true });
  }
}

function textOf(chunk: string | Uint8Array): string {
  return typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
}
