import { type Command, Option } from "commander";
import { types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Client } from "../client/client.ts";
import { connect, type ConnectFlags } from "../client/connect.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { type Format, formats } from "../output/show.ts";

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

/** Adds what every command that talks to a server takes. */
export function withServer(command: Command): Command {
  return command
    .addOption(new Option("-o, --output <format>", "how data is printed").choices(formats).default("table"))
    .option("--server <url>", "the server (default: CLOCKER_URL, ~/.clocker/client.json, http://127.0.0.1:8081)")
    .option("--user <name>", "the user to sign in as (default: CLOCKER_USER)")
    .option("--password <password>", "the password; better in CLOCKER_PASSWORD or ~/.clocker/client.json");
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
    await action({ client: await connect(flags, io), flags, io }, ...words);
  };
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
