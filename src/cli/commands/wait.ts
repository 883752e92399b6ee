import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import type { Found } from "../../api/shapes/found.ts";
import { links } from "../../api/shapes/links.ts";
import type { Client } from "../client/client.ts";
import { findAny } from "../client/find-one.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print } from "../io.ts";
import { textOf } from "../output/table.ts";
import { followTask } from "../progress/follow-task.ts";
import { act, type ClientFlags, durationOf, type Invocation, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";

interface WaitFlags extends ClientFlags {
  readonly for?: string;
}

const PERIOD = 500;
const FIVE_MINUTES = 300_000;
const Values = z.record(z.string(), z.unknown());

export function addWait(program: Command, io: Io): void {
  examples(withEntity(program.command("wait [name]")), ["clocker wait Shop", "clocker wait shop/web --for state=STOPPED", "clocker wait shop/web --for http.port=8080 --timeout 10m", "clocker wait Shop --for gone", "clocker wait aB3dE5f7"])
    .summary("wait until an application or entity is up, gone, or in a state, or a task is done")
    .description("Waits for an application or entity, named by id, name, path or a unique beginning, or for a task. Ends with 0 when it is so, 1 when it cannot become so (on fire; the task failed), 7 when the time is over.")
    .option("--for <condition>", "up (or healthy), gone, state=STATE, a sensor's name, or sensor=value; done for a task (default: up, of a task done)")
    .option("--timeout <duration>", "how long, such as 30s or 10m (default: 5m)")
    .action(act<WaitFlags>(io, (invocation, word) => wait(invocation, word)));
}

async function wait(invocation: Invocation<WaitFlags>, word: string | undefined): Promise<void> {
  const { client, flags, io } = invocation;
  if (word === undefined) return waitUntil(client, entityPath(flags), flags, io);
  if (flags.app !== undefined) return waitUntil(client, entityPath({ ...flags, entity: word }), flags, io);
  const found = await findOrGone(client, word, flags);
  if (found === undefined) return print(io, "gone");
  if (found.kind === "task") return waitForTask(invocation, found.id);
  if (flags.for === "done") throw new CliError(exitCodes.usage, `Cannot wait for "${word}" to be done: it is no task`, { remedy: "Wait for up, gone, state=STATE or sensor=value" });
  await waitUntil(client, links.entity(found.applicationId ?? found.id, found.id), flags, io);
}

/** Undefined for what is gone already, where that is waited for. */
async function findOrGone(client: Client, word: string, flags: WaitFlags): Promise<Found | undefined> {
  try {
    return await findAny(client, word);
  } catch (error) {
    if (flags.for === "gone" && error instanceof CliError && error.exitCode === exitCodes.notFound) return undefined;
    throw error;
  }
}

async function waitForTask({ client, flags, io }: Invocation<WaitFlags>, id: string): Promise<void> {
  if (flags.for !== undefined && flags.for !== "done") throw new CliError(exitCodes.usage, `Cannot wait for a task to be "${flags.for}": it can only be done`);
  await followTask(client, id, { signal: io.signal, timeout: durationOf(flags.timeout, FIVE_MINUTES) });
  print(io, "done");
}

async function waitUntil(client: Client, path: string, flags: WaitFlags, io: Io): Promise<void> {
  const condition = flags.for === undefined || flags.for === "healthy" ? "up" : flags.for.replace(/^state=/, "service.state=");
  const deadline = Date.now() + durationOf(flags.timeout, FIVE_MINUTES);
  for (;;) {
    const sensors = await read(client, path, condition);
    const found = sensors === undefined ? "gone" : met(condition, sensors);
    if (found !== undefined) return print(io, found);
    if (condition === "up" && sensors?.["service.state"] === "ON_FIRE") throw new CliError(exitCodes.failed, `It is on fire: ${problems(sensors["service.problems"])}`);
    if (Date.now() >= deadline) throw new CliError(exitCodes.timedOut, `Timed out waiting for "${flags.for ?? "up"}"${sensors === undefined ? "" : `; it is ${textOf(sensors["service.state"] ?? "in no state")}`}`, { remedy: "Give it more time with --timeout" });
    await sleep(Math.min(PERIOD, Math.max(1, deadline - Date.now())), undefined, { signal: io.signal });
  }
}

/** Its sensors; undefined when it is gone and that is waited for. */
async function read(client: Client, path: string, condition: string): Promise<Record<string, unknown> | undefined> {
  try {
    return await client.json(Values, `${path}/sensors/current-state`);
  } catch (error) {
    if (condition === "gone" && error instanceof CliError && error.exitCode === exitCodes.notFound) return undefined;
    throw error;
  }
}

/** What to print when the condition is met; undefined when it is not. */
function met(condition: string, sensors: Readonly<Record<string, unknown>>): string | undefined {
  if (condition === "gone") return undefined;
  if (condition === "up") return sensors["service.isUp"] === true && sensors["service.state"] === "RUNNING" ? "up" : undefined;
  const at = condition.indexOf("=");
  const value = sensors[at < 0 ? condition : condition.slice(0, at)];
  if (value === undefined) return undefined;
  const wanted = at < 0 ? undefined : condition.slice(at + 1);
  const isState = condition.startsWith("service.state=");
  if (wanted !== undefined && (isState ? textOf(value).toLowerCase() !== wanted.toLowerCase().replaceAll("-", "_") : textOf(value) !== wanted)) return undefined;
  return textOf(value);
}

function problems(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.values(value).map((each) => textOf(each)).join("; ") : "no reason is given";
}
