import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { promisify } from "node:util";
import type { Command } from "commander";
import { z } from "zod";
import type { Client } from "../client/client.ts";
import { ServerVersion } from "../client/server-version.ts";
import { CliError, ExitWith, exitCodes } from "../exit-codes.ts";
import { type Io, print } from "../io.ts";
import { bytes } from "../output/quantities.ts";
import { show } from "../output/show.ts";
import { oneLine, styleOf } from "../output/style.ts";
import { versionOfThis } from "../version.ts";
import { act, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";
import { OverviewShown } from "./status.ts";

interface Finding {
  readonly check: string;
  /** `warning`: something that may do no harm. */
  readonly outcome: "good" | "warning" | "bad";
  readonly found: string;
  readonly remedy?: string;
}

const SOCKET = "/var/run/docker.sock";
/** Bytes below which images no longer fit. */
const LITTLE_DISK = 2 * 1024 ** 3;
const PROGRAM_TIMEOUT = 5_000;

export function addDoctor(program: Command, io: Io): void {
  examples(withServer(program.command("doctor")), ["clocker doctor", "clocker doctor -o json"])
    .summary("look for what may be wrong: the server, its clouds, this computer")
    .description("Checks the connection to the server, what the server says of itself and of what it manages, and what this computer needs for hosts of its own. Ends with 1 when something is bad.")
    .action(act(io, (invocation) => doctor(invocation)));
}

async function doctor({ client, flags, io }: Invocation): Promise<void> {
  const findings = [...(await aboutServer(client)), ...(await aboutHere(io))];
  const { green, red, yellow, dim } = styleOf(io, io.stdout);
  const marks = { good: green("✓"), warning: yellow("!"), bad: red("✗") } as const;
  const text = (): string => findings.map(({ check, outcome, found, remedy }) => `${marks[outcome]} ${check}: ${oneLine(found)}${remedy === undefined ? "" : `\n  ${dim("Try:")} ${oneLine(remedy)}`}`).join("\n");
  if (flags.output === "table") print(io, text());
  else show(io, flags.output, { data: findings, names: findings.filter(({ outcome }) => outcome !== "good").map(({ check }) => check), text });
  if (findings.some(({ outcome }) => outcome === "bad")) throw new ExitWith(exitCodes.failed);
}

async function aboutServer(client: Client): Promise<Finding[]> {
  try {
    const { version } = await client.json(ServerVersion, "/v1/server/version");
    const mine = versionOfThis();
    const versions: Finding = version === mine ? { check: "Server", outcome: "good", found: `Clocker ${version} at ${client.url}` } : { check: "Server", outcome: "warning", found: `Clocker ${version} at ${client.url}, and this command line is ${mine}`, remedy: "Use the command line of the server's version" };
    return [versions, await readiness(client), ...(await problems(client))];
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode === exitCodes.interrupted) throw error;
    return [{ check: "Server", outcome: "bad", found: error.message, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) }];
  }
}

async function readiness(client: Client): Promise<Finding> {
  const isUp = await client.json(z.boolean(), "/v1/server/up");
  const isHealthy = await client.json(z.boolean(), "/v1/server/healthy");
  if (!isUp) return { check: "Ready", outcome: "bad", found: "the server is starting or ending", remedy: "Wait a moment; its log says what it does" };
  return isHealthy ? { check: "Ready", outcome: "good", found: "up and healthy" } : { check: "Ready", outcome: "bad", found: "up, and not healthy", remedy: "See the server's log" };
}

async function problems(client: Client): Promise<Finding[]> {
  const { clouds, applications } = await client.json(OverviewShown, "/v1/overview");
  const ofClouds = clouds.map((cloud): Finding => {
    const down = cloud.hosts.filter(({ up }) => !up);
    const [problem] = cloud.problems;
    if (down.length === 0 && problem === undefined) return { check: `Cloud ${cloud.name}`, outcome: "good", found: `${cloud.hosts.length} hosts, ${cloud.containers} containers` };
    return { check: `Cloud ${cloud.name}`, outcome: down.length === cloud.hosts.length ? "bad" : "warning", found: problem?.reason ?? `not up: ${down.map(({ name }) => name).join(", ")}`, remedy: "clocker top shows its hosts, clocker tree its parts" };
  });
  const ill = applications.filter(({ up, problems: own }) => !up || own.length > 0);
  const ofApplications = ill.map((application): Finding => ({ check: `Application ${application.name}`, outcome: application.state === "ON_FIRE" ? "bad" : "warning", found: application.problems.map(({ entity, reason }) => `${entity}: ${reason}`).join("; ") || `it is ${application.state.toLowerCase().replaceAll("_", " ")}`, remedy: `clocker logs "${application.name}", clocker tree "${application.name}"` }));
  const well: Finding[] = ill.length === 0 ? [{ check: "Applications", outcome: "good", found: applications.length === 0 ? "none" : `all ${applications.length} are up` }] : [];
  return [...ofClouds, ...well, ...ofApplications];
}

/** What hosts on this computer need. They may be elsewhere: nothing of it is bad. */
async function aboutHere(io: Io): Promise<Finding[]> {
  return [await engineHere(), await programHere("ssh", ["-V"], "SSH client", "Only for you: Clocker has its own. apt-get install openssh-client"), await diskHere(io.home)];
}

async function engineHere(): Promise<Finding> {
  try {
    await access(SOCKET, constants.R_OK | constants.W_OK);
    return { check: "Docker Engine here", outcome: "good", found: SOCKET };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isAbsent ? { check: "Docker Engine here", outcome: "warning", found: "there is none", remedy: "Only the locations local and localhost need it; clocker demo brings it" } : { check: "Docker Engine here", outcome: "warning", found: `this user may not use ${SOCKET}`, remedy: "Add the user to the group docker, or run as root" };
  }
}

async function programHere(name: string, args: readonly string[], check: string, remedy: string): Promise<Finding> {
  try {
    const { stdout, stderr } = await promisify(execFile)(name, args, { timeout: PROGRAM_TIMEOUT });
    return { check, outcome: "good", found: (stdout || stderr).split("\n", 1)[0] ?? name };
  } catch {
    // Whatever the reason: it cannot be used.
    return { check, outcome: "warning", found: `${name} cannot be run`, remedy };
  }
}

async function diskHere(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return free < LITTLE_DISK ? { check: "Disk", outcome: "warning", found: `${bytes(free)} free in ${folder}`, remedy: "Images and state need more; free some" } : { check: "Disk", outcome: "good", found: `${bytes(free)} free in ${folder}` };
}
