import { type Command, InvalidArgumentError } from "commander";
import { links } from "../../api/shapes/links.ts";
import { findOne } from "../client/find-one.ts";
import { CliError, ExitWith, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { act, type ClientFlags, type Invocation, withEntity } from "./client-command.ts";
import { examples } from "./examples.ts";

interface ExecFlags extends ClientFlags {
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir?: string;
}

/** What runs at a terminal where nothing is said. */
const SHELL = ["/bin/sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi"];

export function addExec(program: Command, io: Io): void {
  examples(withEntity(program.command("exec <words...>")), ["clocker exec shop/web -- ls -l /var/log", "clocker exec -it docker-1-4", "clocker exec -i shop/db -- psql < schema.sql", "clocker exec shop/web -e LANG=C -w /tmp -- env"])
    .usage("[options] <name> [-- command...]")
    .summary("run a command in an entity's container or on its machine")
    .description("Runs a command in a container, or on the machine of an entity (over SSH, or here), and ends with its exit code; 126 and 127 as docker: it cannot be run, it is not there. The name is an id, a name, a path such as shop/web, or a unique beginning. Without a command a shell, with -t. When this command is ended, so is the other. Arguments are passed as they are; no shell reads them.")
    .option("-i, --interactive", "pass standard input on")
    .option("-t, --tty", "give the command a terminal")
    .option("-e, --env <name=value>", "set a variable; may be repeated", variable, {})
    .option("-w, --workdir <folder>", "the folder to run in")
    .action(act<ExecFlags>(io, (invocation, ...words) => exec(invocation, words)));
}

function variable(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("Expected name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

async function exec({ client, flags, io }: Invocation<ExecFlags>, words: readonly string[]): Promise<void> {
  const isScoped = flags.app !== undefined;
  const name = isScoped ? ((flags.entity === undefined || flags.entity === flags.app ? flags.app : `${flags.app}/${flags.entity}`) ?? "") : (words[0] ?? "");
  const command = isScoped ? words : words.slice(1);
  const wantsTerminal = flags.tty === true;
  if (command.length === 0 && !wantsTerminal) throw new CliError(exitCodes.usage, "Which command?", { remedy: `clocker exec ${name} -- COMMAND, or clocker exec -it ${name} for a shell` });
  if (wantsTerminal && (io.stdin.isTTY !== true || io.stdout.isTTY !== true)) throw new CliError(exitCodes.usage, "Cannot give the command a terminal: there is none here", { remedy: "Leave -t out" });
  const { id, applicationId } = await findOne(client, name);
  await client.confirmChange();
  // Only this command needs a WebSocket; the others start faster without.
  const { runCommand } = await import("../client/run-command.ts");
  const code = await runCommand(client, `${links.entity(applicationId, id)}/exec`, {
    argv: command.length === 0 ? SHELL : [...command],
    env: { ...(wantsTerminal && io.env["TERM"] ? { TERM: io.env["TERM"] } : {}), ...flags.env },
    cwd: flags.workdir,
    isTerminal: wantsTerminal,
    withInput: flags.interactive === true,
    io,
  });
  if (code !== 0) throw new ExitWith(code);
}
