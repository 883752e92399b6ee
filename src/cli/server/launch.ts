import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadProperties } from "../../management/properties/load-properties.ts";
import type { Properties } from "../../management/properties/properties.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { styleOf } from "../output/style.ts";
import { withLocation } from "./blueprint-edits.ts";
import { blueprintFile } from "./blueprints.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { logLine, openServerLog, type ServerLog } from "./server-log.ts";
import { StopSignals } from "./stop-signals.ts";

export interface LaunchFlags {
  port?: string;
  bind?: string;
  dataDir?: string;
  properties?: string;
  globalProperties: boolean;
  cloud?: boolean;
  location?: string;
  app?: string;
  persist: "auto" | "disabled" | "rebind" | "clean";
}

/** Brooklyn's default, and ours: the first free port from here. */
const DEFAULT_PORT = "8081+";

/** Serves until it is told to end; what is managed keeps running. */
export async function launch(flags: LaunchFlags, io: Io): Promise<void> {
  if (flags.cloud === true && flags.location === undefined) throw new CliError(exitCodes.usage, "Cannot launch a Docker cloud without a place for it", { remedy: "Add a location, for instance: --location local" });
  if (flags.persist === "clean" || flags.persist === "rebind") throw new CliError(exitCodes.usage, `Cannot launch with --persist ${flags.persist}`, { remedy: "State is kept and restored by default; for a fresh start name an empty --data-dir" });
  const blueprints = await blueprintsOf(flags);
  const dataDir = path.resolve(flags.dataDir ?? path.join(io.home, ".clocker"));
  const properties = await loadProperties({ ...(flags.globalProperties ? {} : { global: false }), ...(flags.properties === undefined ? {} : { local: flags.properties }), env: io.env, home: io.home });
  const style = styleOf(io, io.stdout);
  const log = await openServerLog(dataDir, (level, line) => {
    const text = logLine(level, line, new Date());
    print(io, level === "error" ? style.red(text) : level === "warn" ? style.yellow(text) : text);
  });
  const stop = new StopSignals((signal) => {
    say(io, `Ending at once (${signal})`);
    process.exit(exitCodes.interrupted);
  });
  try {
    for (const warning of properties.warnings()) log.warn({}, warning);
    announce(log, properties, flags);
    const local = await startLocalServer({ dataDir, properties, log, bind: flags.bind, port: portOf(flags, properties), inMemory: flags.persist === "disabled", onEnd: (reason) => stop.ask(reason) });
    try {
      log.info({}, `Started Clocker console at ${local.api.url}`);
      log.info({}, flags.persist === "disabled" ? "Persistence disabled: nothing is kept when the server ends" : `Persisting state in ${dataDir}`);
      log.info({}, "High availability disabled: this is the only management node (MASTER)");
      await deployAll(local, blueprints, log);
      if (io.stdout.isTTY === true) print(io, `Server started. Press Ctrl-C to stop.`);
      const reason = await stop.wish;
      log.info({}, `Shutting down (${reason}): what Clocker manages keeps running`);
    } finally {
      await local.close();
    }
    log.info({}, "Stopped");
  } finally {
    stop.close();
    log.close();
  }
}

function announce(log: ServerLog, properties: Properties, flags: LaunchFlags): void {
  const { configured } = properties.console();
  if (!configured && flags.bind === undefined) log.info({}, "Starting Clocker console on loopback interface because no security config is set");
  else log.info({}, `Starting Clocker console${configured ? "; users have to sign in" : ""}`);
}

function portOf(flags: LaunchFlags, properties: Properties): { first: number; orNext: boolean } {
  const text = flags.port ?? properties.console().port ?? DEFAULT_PORT;
  const match = /^(\d{1,5})(\+?)$/.exec(text.trim());
  const first = Number(match?.[1]);
  if (match === null || first > 65_535) throw new CliError(exitCodes.usage, `Cannot listen on port "${text}": expected a number up to 65535, or one with + such as 8081+`);
  return { first, orNext: match[2] === "+" };
}

/** Read before anything is started, so that a wrong name fails at once. */
async function blueprintsOf(flags: LaunchFlags): Promise<string[]> {
  const files = [...(flags.cloud === true ? [blueprintFile("docker-cloud.yaml")] : []), ...(flags.app === undefined ? [] : [path.resolve(flags.app)])];
  return Promise.all(files.map(async (file) => withLocation(await readBlueprintFile(file), flags.location)));
}

async function readBlueprintFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new CliError(exitCodes.usage, `Cannot read the blueprint "${file}"`, { cause });
  }
}

/** Deploys in the background: the server is up whether or not a blueprint works. */
async function deployAll({ server }: LocalServer, blueprints: readonly string[], log: ServerLog): Promise<void> {
  for (const blueprint of blueprints) {
    const { application, start, warnings } = await server.applications.deploy(blueprint);
    for (const warning of warnings) log.warn({}, warning);
    log.info({ id: application.id }, `Deploying ${application.displayName}`);
    start?.result.then(
      () => log.info({ id: application.id }, `Deployed ${application.displayName}`),
      (error: unknown) => log.error({ error }, `Cannot deploy ${application.displayName}`),
    );
  }
}
