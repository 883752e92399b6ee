import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { messageOf, remedyOf } from "../../model/errors.ts";
import { Properties } from "../../management/properties/properties.ts";
import { Client } from "../client/client.ts";
import { CliError, exitCodeOfError, exitCodes } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { seconds } from "../output/seconds.ts";
import { styleOf } from "../output/style.ts";
import { ProgressView } from "../progress/progress-view.ts";
import { showError } from "../show-error.ts";
import { type LocalServer, startLocalServer } from "../server/local-server.ts";
import { openServerLog } from "../server/server-log.ts";
import { StopSignals } from "../server/stop-signals.ts";
import { cleanUp } from "./clean-up.ts";
import { type DemoResult, deployDemo } from "./deploy-demo.ts";
import { showResult } from "./show-result.ts";

export interface DemoOptions {
  readonly hosts: number;
  readonly exits: boolean;
  readonly json: boolean;
}

interface Summary {
  ok: boolean;
  readySeconds?: number;
  cloudSeconds?: number;
  appSeconds?: number;
  url?: string;
  status?: number;
  hosts?: number;
  error?: string;
}

/**
 * The whole story on this computer: server, Docker cloud, application, a page from it; then everything is removed.
 * @throws CliError when any of it did not work, the removal included.
 */
export async function runDemo(options: DemoOptions, io: Io): Promise<void> {
  const summary: Summary = { ok: false };
  const stop = new StopSignals((signal) => {
    say(io, `Ending at once (${signal}): machines may stay behind. Remove them with: docker ps --filter label=clocker.owner`);
    process.exit(exitCodes.interrupted);
  });
  let failure: unknown;
  try {
    await demo(options, io, stop, summary);
  } catch (error) {
    failure = error;
  } finally {
    stop.close();
  }
  summary.ok = failure === undefined;
  if (failure !== undefined) summary.error = messageOf(failure);
  if (options.json) print(io, JSON.stringify(summary));
  if (failure !== undefined) throw asCliError(failure);
}

async function demo(options: DemoOptions, io: Io, stop: StopSignals, summary: Summary): Promise<void> {
  const view = new ProgressView(io);
  const dataDir = await mkdtemp(path.join(tmpdir(), "clocker-demo-"));
  const log = await openServerLog(dataDir, () => {});
  try {
    view.heading("Starting the management server");
    const startedAt = performance.now();
    const local = await startLocalServer({ dataDir, properties: new Properties(new Map()), log, port: { first: 0, orNext: false }, onEnd: (reason) => stop.ask(reason) });
    let hasFailed = true;
    try {
      const client = new Client({ url: local.api.url }, stop.signal);
      await client.text("/v1/server/up");
      summary.readySeconds = rounded(performance.now() - startedAt);
      view.note(`ready at ${local.api.url} after ${seconds(performance.now() - startedAt)}`);
      const result = await deployDemo({ ...options, client, view, io, signal: stop.signal, server: local.server });
      Object.assign(summary, summaryOf(result, options));
      showResult(result, local.api.url, io, options.json);
      if (!options.exits) await untilStopped(io, stop);
      hasFailed = false;
    } catch (error) {
      // Shown before the removal, which takes its time.
      if (!stop.signal.aborted) showError(error, io);
      throw stop.signal.aborted ? new CliError(exitCodes.interrupted, "Interrupted", { cause: error }) : new ShownError(error);
    } finally {
      await removeAll(local, view, hasFailed, io);
    }
  } finally {
    log.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function untilStopped(io: Io, stop: StopSignals): Promise<void> {
  say(io, `\n${styleOf(io).bold("It stays up until you press Ctrl-C")}, which removes all that it made.`);
  await stop.wish;
}

/** A failure to remove is a failure of the demonstration; after another failure it is only told. */
async function removeAll(local: LocalServer, view: ProgressView, hasFailed: boolean, io: Io): Promise<void> {
  try {
    await cleanUp(local, view);
  } catch (error) {
    if (!hasFailed) throw error;
    showError(error, io);
  } finally {
    view.end();
    await local.close();
  }
}

function summaryOf(result: DemoResult, { hosts }: DemoOptions): Partial<Summary> {
  return { cloudSeconds: rounded(result.cloudMs), appSeconds: rounded(result.appMs), url: result.url, status: result.status, hosts };
}

function rounded(ms: number): number {
  return Math.round(ms) / 1_000;
}

/** An error that the user has seen. */
class ShownError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

function asCliError(failure: unknown): CliError {
  const cause = failure instanceof ShownError ? failure.cause : failure;
  if (exitCodeOfError(cause) === exitCodes.interrupted) return new CliError(exitCodes.interrupted, "Interrupted");
  if (failure instanceof ShownError) return new CliError(exitCodes.failed, "The demonstration did not work");
  return new CliError(exitCodes.failed, messageOf(failure), { remedy: failure instanceof CliError ? failure.remedy : remedyOf(failure) });
}
