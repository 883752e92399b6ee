import { Command, Option } from "commander";
import { types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Client } from "../client/client.ts";
import { connect, type ConnectFlags } from "../client/connect.ts";
import { findOne } from "../client/find-one.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { type Format, formatHelp, formatOf } from "../output/show.ts";

export interface ClientFlags extends ConnectFlags {
  readonly output: Format;
  readonly app?: string;
  readonly entity?: string;
  readonly timeout?: string;
}

export interface Invocation<Flags extends ClientFlags = ClientFlags> {
  readonly client: Client;
  readonly flags: Flags;
  readonly io: Io;
}

/** Adds how data is printed. */
export function withOutput(command: Command): Command {
  return command
    .addOption(new Option("-o, --output <format>", `how data is printed: ${formatHelp}`).argParser(formatOf).default("table"))
    .addOption(new Option("-j, --json", "the same as -o json").implies({ output: "json" }));
}

/** Adds what every command that talks to a server takes. */
export function withServer(command: Command): Command {
  return withOutput(command)
    .option("--server <url>", "the server (default: CLOCKER_URL, the current context, http://127.0.0.1:8081)")
    .option("--context <name>", "the context of the server (default: CLOCKER_CONTEXT, the current one)")
    .option("--user <name>", "the user to sign in as (default: CLOCKER_USER, the context's); the password is in CLOCKER_PASSWORD or the context")
    .addOption(new Option("--insecure", "take any certificate of the server").hideHelp())
    .option("-y, --yes", "change what a protected context names without asking");
}

/** Adds what says which entity is meant. */
export function withEntity(command: Command): Command {
  return withServer(command)
    .option("--app <name>", "the application, by id or name")
    .option("--entity <name>", "the entity in it, by id or name (default: the application itself)");
}

/** Runs a command's action with a client for the server that its flags mean. */
export function act<Flags extends ClientFlags = ClientFlags>(io: Io, action: (invocation: Invocation<Flags>, ...words: string[]) => Promise<void>): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander gives the arguments, then the flags, then the command.
    const flags = given.at(-2) as Flags;
    const words = given.slice(0, -2).flat().filter((word): word is string => typeof word === "string");
    const client = await connect(flags, io, nameOf(given.at(-1)));
    await action({ client, flags: await withEntityNamed(client, flags), io }, ...words);
  };
}

/** `--entity` without `--app` may be any way of naming an entity of any application. */
async function withEntityNamed<Flags extends ClientFlags>(client: Client, flags: Flags): Promise<Flags> {
  if (flags.app !== undefined || flags.entity === undefined) return flags;
  const { id, applicationId } = await findOne(client, flags.entity);
  return { ...flags, app: applicationId, entity: id };
}

function nameOf(command: unknown): string {
  return command instanceof Command ? `clocker ${command.name()}` : "clocker";
}

/** Milliseconds of a `--timeout`. */
export function durationOf(text: string | undefined, absent: number): number {
  if (text === undefined) return absent;
  try {
    // A bare number means seconds: nobody waits for milliseconds.
    const ms = types.duration.coerce(/^\d+$/.test(text) ? `${text}s` : text);
    return ms < 0 ? Infinity : ms;
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    throw new CliError(exitCodes.usage, `Cannot wait for "${text}": expected ${error.expected}`);
  }
}
