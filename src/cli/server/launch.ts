import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { readKeystore, readPem, selfSigned, type Tls } from "../../api/security/certificate.ts";
import { transportOf } from "../../api/security/transport.ts";
import { INFRASTRUCTURE } from "../../docker/keys.ts";
import { loadProperties, underHome } from "../../management/properties/load-properties.ts";
import type { ConsoleSecurity } from "../../management/properties/console-security.ts";
import type { Properties } from "../../management/properties/properties.ts";
import { readInput } from "../commands/read-input.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { styleOf } from "../output/style.ts";
import { withLocation } from "./blueprint-edits.ts";
import { blueprintFile } from "./blueprints.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { logLine, openServerLog, type ServerLog } from "./server-log.ts";
import { type CatalogFlags, startCatalog } from "./start-catalog.ts";
import { StopSignals } from "./stop-signals.ts";

export interface LaunchFlags extends CatalogFlags {
  port?: string;
  bind?: string;
  https?: boolean;
  httpsKey?: string;
  httpsCert?: string;
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
export async function launch(given: LaunchFlags, io: Io): Promise<void> {
  checkFlags(given);
  const flags = withFilesUnderHome(given, io.home);
  const app = flags.app === undefined ? undefined : withLocation(await readInput(path.resolve(flags.app), io), flags.location);
  const dataDir = path.resolve(flags.dataDir ?? path.join(io.home, ".clocker"));
  const readProperties = () => loadProperties({ ...(flags.globalProperties ? {} : { global: false as const }), ...(flags.properties === undefined ? {} : { local: flags.properties }), env: io.env, home: io.home });
  const properties = await readProperties();
  const port = portOf(flags, properties);
  const log = await openServerLog(dataDir, linePrinter(io));
  const stop = new StopSignals((signal) => {
    say(io, `Ending at once (${signal})`);
    process.exit(exitCodes.interrupted);
  });
  const unwatch = logUnhandled(log);
  try {
    for (const warning of properties.warnings()) log.warn({}, warning);
    announce(log, properties, flags);
    const tls = await tlsOf(flags, { properties, dataDir, log });
    const local = await startLocalServer({ dataDir, properties, readProperties, log, bind: flags.bind, port, tls, inMemory: flags.persist === "disabled", prepareCatalog: startCatalog(flags, io, log), onEnd: (reason) => stop.ask(reason) });
    try {
      log.info({}, `Started Clocker console at ${local.api.url}`);
      log.info({}, flags.persist === "disabled" ? "Persistence disabled: nothing is kept when the server ends" : `Persisting state in ${dataDir}`);
      log.info({}, "High availability disabled: this is the only management node (MASTER)");
      tellOfRestored(local, log);
      if (flags.cloud === true) await deployCloud(local, flags.location, log);
      if (app !== undefined) await deployInBackground(local, app, log);
      if (io.stdout.isTTY === true) print(io, "Server started. Press Ctrl-C to stop.");
      log.info({}, `Shutting down (${await stop.wish}): what Clocker manages keeps running`);
    } finally {
      await local.close();
    }
    log.info({}, "Stopped");
  } finally {
    unwatch();
    stop.close();
    log.close();
  }
}

/** The shell leaves the `~` of `--data-dir=~/x` as it is. */
export function withFilesUnderHome(flags: LaunchFlags, home: string): LaunchFlags {
  const names = ["dataDir", "app", "httpsKey", "httpsCert"] as const;
  return names.reduce<LaunchFlags>((known, name) => (known[name] === undefined ? known : { ...known, [name]: underHome(known[name], home) }), flags);
}

/** HTTPS where flags or properties ask for it: with the given certificate, the properties' key store, or one of the server's own. */
async function tlsOf(flags: LaunchFlags, { properties, dataDir, log }: { properties: Properties; dataDir: string; log: ServerLog }): Promise<Tls | undefined> {
  const security = properties.console();
  const certificate = await certificateOf(flags, security, dataDir);
  return certificate === undefined ? undefined : { ...certificate, ...transportOf(security, (message) => log.warn({}, message)) };
}

async function certificateOf({ https, httpsKey, httpsCert, bind }: LaunchFlags, security: ConsoleSecurity, dataDir: string): Promise<Tls | undefined> {
  if (httpsKey !== undefined && httpsCert !== undefined) return readPem(httpsKey, httpsCert);
  if (https !== true && !security.httpsRequired) return undefined;
  const keystore = security.setting("keystore.url");
  if (keystore !== undefined) return readKeystore(keystore, security.setting("keystore.password"), security.setting("keystore.certificate.alias"));
  const names = bind === undefined || bind === "0.0.0.0" || bind === "::" ? [hostname()] : [hostname(), bind];
  return selfSigned(path.join(dataDir, "tls"), names);
}

function checkFlags({ cloud, location, persist, httpsKey, httpsCert }: LaunchFlags): void {
  if ((httpsKey === undefined) !== (httpsCert === undefined)) throw new CliError(exitCodes.usage, "Cannot serve HTTPS with only a key or only a certificate", { remedy: "Give both --https-key and --https-cert" });
  if (cloud === true && location === undefined) throw new CliError(exitCodes.usage, "Cannot launch a Docker cloud without a place for it", { remedy: "Add a location, for instance: --location local" });
  if (persist === "clean" || persist === "rebind") throw new CliError(exitCodes.usage, `Cannot launch with --persist ${persist}`, { remedy: "State is kept and restored by default; for a fresh start name an empty --data-dir" });
}

function linePrinter(io: Io): Parameters<typeof openServerLog>[1] {
  const style = styleOf(io, io.stdout);
  return (level, line) => {
    const text = logLine(level, line, new Date());
    print(io, level === "error" ? style.red(text) : level === "warn" ? style.yellow(text) : text);
  };
}

function tellOfRestored({ server }: LocalServer, log: ServerLog): void {
  const names = server.plane.applications().map((application) => `"${application.displayName}"`);
  if (names.length > 0) log.info({}, `Restored ${names.length} ${names.length === 1 ? "application" : "applications"}: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", ..." : ""}`);
}

/** A promise that nobody looked after is a fault of ours, and no reason to leave users without their server. */
function logUnhandled(log: ServerLog): () => void {
  const listener = (error: unknown) => log.error({ error }, "Unhandled failure");
  process.on("unhandledRejection", listener);
  return () => process.off("unhandledRejection", listener);
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

/** Deploys the Docker Cloud blueprint, unless an earlier run has made a cloud. */
async function deployCloud(local: LocalServer, location: string | undefined, log: ServerLog): Promise<void> {
  const [known] = local.server.plane.entitiesOf(INFRASTRUCTURE);
  if (known !== undefined) return log.info({ id: known.id }, `A Docker cloud is here already: "${known.application.displayName}"`);
  await deployInBackground(local, withLocation(await readFile(blueprintFile("docker-cloud.yaml"), "utf8"), location), log);
}

/** What the blueprint makes is there when this resolves; its start goes on. @throws ClockerError for a wrong blueprint. */
async function deployInBackground({ server }: LocalServer, blueprint: string, log: ServerLog): Promise<void> {
  const { application, start, warnings } = await server.applications.deploy(blueprint);
  for (const warning of warnings) log.warn({}, warning);
  log.info({ id: application.id }, `Deploying ${application.displayName}`);
  start?.result.then(
    () => log.info({ id: application.id }, `Deployed ${application.displayName}`),
    (error: unknown) => log.error({ error }, `Cannot deploy ${application.displayName}`),
  );
}
