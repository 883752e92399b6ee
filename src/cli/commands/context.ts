import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { Client } from "../client/client.ts";
import { addressOf, contextOf, urlOf } from "../client/connect.ts";
import { ServerVersion } from "../client/server-version.ts";
import { type Context, contextFilePath, readContexts, writeContexts } from "../context/context-file.ts";
import { readSecret } from "../context/read-secret.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, say } from "../io.ts";
import { type Format, show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { examples } from "./examples.ts";
import { withOutput } from "./client-command.ts";

interface AddFlags {
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  readonly tokenStdin?: boolean;
  readonly tokenFile?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly protected?: boolean;
  readonly use?: boolean;
  readonly check: boolean;
}

interface OutputFlags {
  readonly output: Format;
}

export function addContext(program: Command, io: Io): void {
  const context = program.command("context").summary("keep the addresses of several servers, and say which is meant").description("Keeps servers by name, with how to sign in, in a file that only you may read. Which server is meant: --server or --context, else CLOCKER_CONTEXT, else CLOCKER_URL, else the current context.");
  examples(context, ["clocker context add prod https://clocker.example.com --user ops --password-stdin --protected", "clocker context use prod", "clocker context ls"]);

  examples(context.command("add <name> <url>"), ["clocker context add prod https://clocker.example.com --user ops --password-file ~/ops.pw", "echo \"$TOKEN\" | clocker context add ci https://clocker.example.com --token-stdin"])
    .summary("add a server, or change one")
    .description("Adds a server, after signing in there once. The password or token is read from standard input, a file, or CLOCKER_PASSWORD and CLOCKER_TOKEN; never from a flag, which others on the computer could see.")
    .option("--user <name>", "the user to sign in as")
    .option("--password-stdin", "read the password from standard input")
    .option("--password-file <file>", "read the password from a file")
    .option("--token-stdin", "read a bearer token from standard input, for a proxy in front that asks for one")
    .option("--token-file <file>", "read a bearer token from a file")
    .option("-H, --header <name=value>", "a header that a proxy in front wants; may be repeated", header, {})
    .option("--ca <file>", "trust the certificate in this file (PEM) as well")
    .option("--insecure", "take any certificate")
    .option("--protected", "ask before anything is changed there; --yes answers")
    .option("--use", "make it the current one (the first one is)")
    .option("--no-check", "do not sign in now")
    .action((name: string, url: string, flags: AddFlags) => add(io, name, url, flags));

  examples(context.command("use <name>"), ["clocker context use prod"]).summary("make a context the current one").action((name: string) => use(io, name));
  withOutput(examples(context.command("ls").alias("list"), ["clocker context ls", "clocker context ls -o json"])).summary("list the contexts").action((flags: OutputFlags) => list(io, flags));
  withOutput(examples(context.command("show [name]"), ["clocker context show"])).summary("show a context, by default the one that commands use").action((name: string | undefined, flags: OutputFlags) => one(io, name, flags));
  examples(context.command("rm <name>").alias("remove"), ["clocker context rm old"]).summary("forget a context").action((name: string) => remove(io, name));
}

/** `name=value`, as `-H` takes it. */
export function header(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new CliError(exitCodes.usage, `Cannot use "${text}" as a header`, { remedy: "Write it as name=value" });
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

async function add(io: Io, name: string, url: string, flags: AddFlags): Promise<void> {
  if (!/^[\w.:@-]+$/.test(name)) throw new CliError(exitCodes.usage, `Cannot call a context "${name}"`, { remedy: "A name has letters, digits and . _ - : @" });
  const { user, insecure, ca } = flags;
  const password = user === undefined ? undefined : await readSecret(io, { stdin: flags.passwordStdin, file: flags.passwordFile, env: "CLOCKER_PASSWORD", prompt: `Password of ${user}: ` });
  const wantsToken = flags.tokenStdin === true || flags.tokenFile !== undefined || Boolean(io.env["CLOCKER_TOKEN"]);
  const token = wantsToken ? await readSecret(io, { stdin: flags.tokenStdin, file: flags.tokenFile, env: "CLOCKER_TOKEN", prompt: "Token: " }) : undefined;
  const context: Context = {
    url: urlOf(url),
    user,
    password,
    token,
    ...(Object.keys(flags.header).length === 0 ? {} : { headers: { ...flags.header } }),
    ...(insecure === true ? { insecure } : {}),
    ...(ca === undefined ? {} : { ca: path.resolve(ca) }),
    ...(flags.protected === true ? { protected: true } : {}),
  };
  if (ca !== undefined) await readFile(ca).catch((error: unknown) => Promise.reject(new CliError(exitCodes.usage, `Cannot read "${ca}"`, { cause: error })));
  const version = flags.check ? (await new Client(context, io.signal).json(ServerVersion, "/v1/server/version")).version : undefined;
  await keepContext(io, name, context, flags.use === true);
  say(io, version === undefined ? `Added context "${name}" (${context.url})` : `Added context "${name}": Clocker ${version} at ${context.url}`);
}

/** The first context is the current one by itself. */
export async function keepContext(io: Io, name: string, context: Context, isCurrent: boolean): Promise<string> {
  const stored = await readContexts(io);
  return writeContexts(io, { ...stored, current: isCurrent ? name : (stored.current ?? name), contexts: { ...stored.contexts, [name]: context } });
}

async function use(io: Io, name: string): Promise<void> {
  const stored = await readContexts(io);
  const { url } = contextOf(stored, name);
  await writeContexts(io, { ...stored, current: name });
  say(io, `Commands now go to "${name}" (${url})`);
}

async function remove(io: Io, name: string): Promise<void> {
  const { current, contexts } = await readContexts(io);
  contextOf({ contexts }, name);
  const rest = Object.fromEntries(Object.entries(contexts).filter(([each]) => each !== name));
  await writeContexts(io, { contexts: rest, ...(current === undefined || current === name ? {} : { current }) });
  say(io, current === name ? `Removed context "${name}"; no context is current now` : `Removed context "${name}"`);
}

async function list(io: Io, { output }: OutputFlags): Promise<void> {
  const { current, contexts } = await readContexts(io);
  const rows = Object.entries(contexts).map(([name, context]) => ({ name, isCurrent: name === current, ...shown(context) }));
  show(io, output, {
    data: rows,
    names: rows.map(({ name }) => name),
    text: (width) =>
      rows.length === 0
        ? "No contexts"
        : table([{ title: "", value: ({ isCurrent }) => (isCurrent ? "*" : "") }, { title: "NAME", value: ({ name }) => name }, { title: "SERVER", value: ({ url }) => url }, { title: "USER", value: ({ user }) => user }, { title: "PROTECTED", value: ({ isProtected }) => (isProtected ? "yes" : "") }], rows, width),
  });
}

async function one(io: Io, name: string | undefined, { output }: OutputFlags): Promise<void> {
  const address = await addressOf(name === undefined ? {} : { context: name }, io);
  const data = { name: address.context, ...shown(address) };
  show(io, output, { data, names: [data.name ?? ""], text: () => facts([["Name", data.name ?? "(none)"], ["Server", data.url], ["User", data.user], ["Signs in with", data.signsInWith], ["Protected", data.isProtected ? "yes" : "no"], ["Certificate", data.certificate], ["File", contextFilePath(io)]]) });
}

/** Without secrets. */
function shown({ url, user, password, token, insecure, ca, protected: isProtected = false }: Context | Awaited<ReturnType<typeof addressOf>>): { url: string; user: string | undefined; signsInWith: string; certificate: string | undefined; isProtected: boolean } {
  const signsInWith = token !== undefined ? "a token" : password !== undefined ? "a password" : "nothing";
  return { url, user, signsInWith, certificate: insecure === true ? "any is taken" : ca === undefined ? undefined : `${ca} is trusted`, isProtected };
}

