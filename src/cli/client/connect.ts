import { nearest } from "../../model/nearest.ts";
import { type Context, type ContextFile, readContexts } from "../context/context-file.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { Client, type ServerAddress } from "./client.ts";
import { guardOf } from "./guard.ts";

export interface ConnectFlags {
  readonly server?: string;
  readonly context?: string;
  readonly user?: string;
  readonly insecure?: boolean;
  readonly yes?: boolean;
}

const DEFAULT_URL = "http://127.0.0.1:8081";

/**
 * The server that a command talks to: of its flags (`--server`, `--context`), else the environment (`CLOCKER_CONTEXT`, `CLOCKER_URL`), else the current
 * context, else this computer's.
 * @param what the command, as a question names it
 * @throws CliError for an address that is none, and for a context that is not known.
 */
export async function connect(flags: ConnectFlags, io: Io, what = "This command"): Promise<Client> {
  const address = await addressOf(flags, io);
  return new Client(address, io.signal, guardOf(address, { io, isConfirmed: flags.yes === true, what }));
}

export async function addressOf(flags: ConnectFlags, { env, home }: Pick<Io, "env" | "home">): Promise<ServerAddress> {
  const stored = await readContexts({ env, home });
  const named = flags.server === undefined ? (flags.context ?? (env["CLOCKER_CONTEXT"] || undefined)) : undefined;
  if (named !== undefined) return withSignIn(contextOf(stored, named), { flags, env, name: named });
  const url = flags.server ?? (env["CLOCKER_URL"] || undefined);
  if (url === undefined) {
    if (stored.current !== undefined) return withSignIn(contextOf(stored, stored.current), { flags, env, name: stored.current });
    return withSignIn({ url: DEFAULT_URL }, { flags, env });
  }
  // A context's password is for its server only.
  const wanted = urlOf(url);
  const [name, context] = Object.entries(stored.contexts).find(([, each]) => urlOf(each.url) === wanted) ?? [];
  return withSignIn({ ...context, url }, { flags, env, name });
}

/** `127.0.0.1:8081` is an address as well. */
export function urlOf(text: string): string {
  const full = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw new CliError(exitCodes.usage, `Cannot use "${text}" as the address of a server: expected a URL such as ${DEFAULT_URL}`);
  return new URL(full).origin;
}

/** @throws CliError `notFound` with the nearest name. */
export function contextOf({ contexts }: ContextFile, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found !== undefined) return found;
  const near = nearest(name, Object.keys(contexts));
  throw new CliError(exitCodes.notFound, `There is no context "${name}"`, { remedy: near === undefined ? "clocker context ls lists them, clocker context add NAME URL makes one" : `Did you mean "${near}"?` });
}

interface SignIn {
  readonly flags: ConnectFlags;
  readonly env: Io["env"];
  readonly name?: string | undefined;
}

/** Another user than the context's has another password. */
function withSignIn(context: Context, { flags, env, name }: SignIn): ServerAddress {
  const user = flags.user ?? (env["CLOCKER_USER"] || undefined) ?? context.user;
  const password = (env["CLOCKER_PASSWORD"] || undefined) ?? (user === context.user ? context.password : undefined);
  const token = (env["CLOCKER_TOKEN"] || undefined) ?? (user === context.user ? context.token : undefined);
  const insecure = flags.insecure ?? context.insecure;
  return { ...context, url: urlOf(context.url), user, password, token, insecure, context: name };
}
