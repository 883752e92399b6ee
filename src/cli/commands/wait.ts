import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import type { Client } from "../client/client.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print } from "../io.ts";
import { textOf } from "../output/table.ts";
import { act, type ClientFlags, durationOf, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";

interface WaitFlags extends ClientFlags {
  readonly for: string;
}

const PERIOD = 500;
const FIVE_MINUTES = 300_000;
const Values = z.record(z.string(), z.unknown());

export function addWait(program: Command, io: Io): void {
  withEntity(program.command("wait [app]"))
    .summary("wait until an application or entity is up, gone, or has a sensor's value")
    .option("--for <condition>", "up, gone, a sensor's name, or sensor=value", "up")
    .option("--timeout <duration>", "how long, such as 30s or 10m (default: 5m)")
    .addHelpText("after", "\nExamples:\n  clocker wait Shop\n  clocker wait --app Shop --entity Web --for service.state=RUNNING --timeout 10m\n  clocker wait Shop --for gone")
    .action(act<WaitFlags>(io, async ({ client, flags }, word) => {
      const app = flags.app ?? word;
      const path = entityPath(app === undefined ? flags : { ...flags, app });
      await waitUntil(client, path, flags, io);
    }));
}

async function waitUntil(client: Client, path: string, flags: WaitFlags, io: Io): Promise<void> {
  const deadline = Date.now() + durationOf(flags.timeout, FIVE_MINUTES);
  for (;;) {
    const sensors = await read(client, path, flags.for);
    const found = sensors === undefined ? "gone" : met(flags.for, sensors);
    if (found !== undefined) return print(io, found);
    if (flags.for === "up" && sensors?.["service.state"] === "ON_FIRE") throw new CliError(exitCodes.failed, `It is on fire: ${problems(sensors["service.problems"])}`);
    if (Date.now() >= deadline) throw new CliError(exitCodes.timedOut, `Timed out waiting for "${flags.for}"${sensors === undefined ? "" : `; it is ${textOf(sensors["service.state"] ?? "in no state")}`}`);
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
  if (value === undefined || (at >= 0 && textOf(value) !== condition.slice(at + 1))) return undefined;
  return textOf(value);
}

function problems(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.values(value).map((each) => textOf(each)).join("; ") : "no reason is given";
}
