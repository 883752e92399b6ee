import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { Client, type ServerAddress } from "./client.ts";

export interface ConnectFlags {
  readonly server?: string;
  readonly user?: string;
  readonly password?: string;
}

const DEFAULT_URL = "http://127.0.0.1:8081";
export const ClientFile = z.object({ url: z.string().optional(), user: z.string().optional(), password: z.string().optional() });
export type ClientFile = z.infer<typeof ClientFile>;

/**
 * The server that a command talks to: of its flags, else the environment (`CLOCKER_URL`, `CLOCKER_USER`, `CLOCKER_PASSWORD`), else `~/.clocker/client.json`, else this computer's.
 * @throws CliError for an address that is none, and for a file with a password that others may read.
 */
export async function connect(flags: ConnectFlags, io: Io): Promise<Client> {
  return new Client(await addressOf(flags, io), io.signal);
}

export async function addressOf(flags: ConnectFlags, { env, home }: Pick<Io, "env" | "home">): Promise<ServerAddress> {
  const stored = await readClientFile(clientFile(home));
  const given = flags.server ?? (env["CLOCKER_URL"] || undefined);
  const url = urlOf(given ?? stored.url ?? DEFAULT_URL);
  // A stored password is for the stored server only.
  const isStored = given === undefined || (stored.url !== undefined && url === urlOf(stored.url));
  const user = flags.user ?? (env["CLOCKER_USER"] || undefined) ?? (isStored ? stored.user : undefined);
  const password = flags.password ?? (env["CLOCKER_PASSWORD"] || undefined) ?? (isStored && user === stored.user ? stored.password : undefined);
  return { url, user, password };
}

export function clientFile(home: string): string {
  return path.join(home, ".clocker", "client.json");
}

/** `127.0.0.1:8081` is an address as well. */
export function urlOf(text: string): string {
  const full = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw new CliError(exitCodes.usage, `Cannot use "${text}" as the address of a server: expected a URL such as ${DEFAULT_URL}`);
  return new URL(full).origin;
}

async function readClientFile(file: string): Promise<ClientFile> {
  try {
    const text = await readFile(file, "utf8");
    const parsed = ClientFile.parse(JSON.parse(text));
    if (parsed.password !== undefined && ((await stat(file)).mode & 0o077) !== 0) {
      throw new CliError(exitCodes.refused, `Cannot use "${file}": it holds a password, and others may read it`, { remedy: `chmod 600 ${file}` });
    }
    return parsed;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    if (error instanceof CliError) throw error;
    throw new CliError(exitCodes.usage, `Cannot read "${file}"`, { cause: error });
  }
}
