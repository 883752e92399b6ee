import type { Command } from "commander";
import { Client } from "../client/client.ts";
import { urlOf } from "../client/connect.ts";
import { ServerVersion } from "../client/server-version.ts";
import { type Context, readContexts, writeContexts } from "../context/context-file.ts";
import { readSecret } from "../context/read-secret.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { header, keepContext } from "./context.ts";
import { examples } from "./examples.ts";

interface LoginFlags {
  readonly skipSslChecks?: boolean;
  readonly insecure?: boolean;
  readonly noCredentials?: boolean;
  readonly authorization?: string;
  readonly header: Readonly<Record<string, string>>;
}

export function addLogin(program: Command, io: Io): void {
  examples(program.command("login <url> [user] [password]"), ["clocker login http://127.0.0.1:8081", "clocker login https://clocker.example.com ops", "CLOCKER_PASSWORD=... clocker login https://clocker.example.com ops"])
    .summary("remember a server, and a user on it, as the current context")
    .description("Signs in, and makes the server the current context under the name of its host. The password is asked for, or taken from CLOCKER_PASSWORD; as a word of the command line, as Brooklyn's br takes it, others on the computer can see it.")
    .option("--insecure", "take any certificate of the server")
    .option("--skipSslChecks", "the same, as br writes it")
    .option("--noCredentials", "do not ask for a password (br)")
    .option("--authorization <Bearer:token>", "sign in with a bearer token (br); better with context add --token-stdin")
    .option("-H, --header <name=value>", "a header that a proxy in front wants; may be repeated", header, {})
    .action((url: string, user: string | undefined, password: string | undefined, flags: LoginFlags) => login(io, url, { user, password, flags }));

  examples(program.command("logout"), ["clocker logout"])
    .summary("forget how to sign in to the current context")
    .action(() => logout(io));
}

/** Kept only when the server takes it. */
async function login(io: Io, url: string, { user, password, flags }: { user: string | undefined; password: string | undefined; flags: LoginFlags }): Promise<void> {
  const secret = password ?? (user === undefined || flags.noCredentials === true ? undefined : await readSecret(io, { env: "CLOCKER_PASSWORD", prompt: `Password of ${user}: ` }));
  const token = tokenOf(flags.authorization);
  const isInsecure = flags.insecure === true || flags.skipSslChecks === true;
  const context: Context = { url: urlOf(url), user, password: secret, token, ...(isInsecure ? { insecure: true } : {}), ...(Object.keys(flags.header).length === 0 ? {} : { headers: { ...flags.header } }) };
  const { version } = await new Client(context, io.signal).json(ServerVersion, "/v1/server/version");
  await keepContext(io, new URL(context.url).host, context, true);
  print(io, `Connected to Clocker ${version} at ${context.url}`);
}

function tokenOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || /^basic$/i.test(authorization)) return undefined;
  const token = /^bearer:\s*(.+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new CliError(exitCodes.usage, "Cannot understand --authorization", { remedy: "Write it as Bearer:TOKEN" });
  return token;
}

async function logout(io: Io): Promise<void> {
  const stored = await readContexts(io);
  const { current } = stored;
  const context = current === undefined ? undefined : stored.contexts[current];
  if (current === undefined || context === undefined) return say(io, "No context is current");
  const { user: _user, password: _password, token: _token, ...rest } = context;
  await writeContexts(io, { ...stored, contexts: { ...stored.contexts, [current]: rest } });
  say(io, `Signed out of "${current}"`);
}
