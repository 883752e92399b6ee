import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { LogLineEvent } from "../../api/shapes/log-line.ts";
import { links } from "../../api/shapes/links.ts";
import type { Found } from "../../api/shapes/found.ts";
import { parseEvents } from "../client/event-stream.ts";
import { findAny } from "../client/find-one.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { coloured } from "../output/ansi.ts";
import { type Style, styleOf } from "../output/style.ts";
import { writeLine } from "../output/write-line.ts";
import { act, type ClientFlags, type Invocation, withEntity } from "./client-command.ts";
import { examples } from "./examples.ts";

interface LogsFlags extends ClientFlags {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
  readonly prefix?: boolean;
}

/** Milliseconds before a lost connection is made again, and how often in a row. */
const PAUSE = 1_000;
const MOST_FAILURES = 10;

export function addLogs(program: Command, io: Io): void {
  examples(withEntity(program.command("logs [name]").alias("log")), ["clocker logs shop/web", "clocker logs -f Shop", "clocker logs docker-1-4 --tail 50 --since 10m", "clocker logs aB3dE5f7"])
    .summary("show what applications, containers, software and tasks write")
    .description("Shows logs: of a container what its main process writes; of software its log files on its machine (log.location, or the usual places in its run folder), else what launched it; of an application or group those of all below it, with a prefix; of a task its output and that of its steps. The name is an id, a name, a path such as shop/web, or a unique beginning.")
    .option("-f, --follow", "go on with what is written from now on, over restarts too, until interrupted")
    .option("-n, --tail <lines>", "only so many of the last lines of each log")
    .option("--since <time>", "only what containers wrote since a time, or for a duration such as 10m")
    .option("-t, --timestamps", "show when each line was written, where that is known")
    .option("--prefix", "say where each line is from, also when there is only one log")
    .action(act<LogsFlags>(io, (invocation, name) => logs(invocation, name)));
}

async function logs(invocation: Invocation<LogsFlags>, word: string | undefined): Promise<void> {
  const { client, flags } = invocation;
  const name = word ?? flags.entity ?? flags.app;
  if (name === undefined) throw new CliError(exitCodes.usage, "Whose logs?", { remedy: "clocker logs NAME; clocker tree lists what there is" });
  if (flags.tail !== undefined && flags.tail !== "all" && !/^\d+$/.test(flags.tail)) throw new CliError(exitCodes.usage, `Cannot show "${flags.tail}" lines: expected a number`);
  const found = word === undefined || flags.app === undefined ? await findAny(client, name) : await findAny(client, `${flags.app}/${word}`);
  await read(invocation, found);
}

/** Reads to the end; while following, a connection that was lost is made again. */
async function read({ client, flags, io }: Invocation<LogsFlags>, found: Found): Promise<void> {
  const path = found.kind === "task" ? `${links.activity(found.id)}/logs` : `${links.entity(found.applicationId ?? found.id, found.id)}/logs`;
  const printer = new LinePrinter(io, flags, found);
  let tail = flags.tail === "all" ? undefined : flags.tail;
  for (let failures = 0; ; ) {
    try {
      const response = await client.fetch(path, { query: { follow: flags.follow === true, tail, since: flags.since }, accept: "text/event-stream", timeout: Infinity });
      for await (const event of parseEvents(response.body, io.signal)) {
        failures = 0;
        if (event.name === "end") return;
        if (event.name === "line") await printer.print(LogLineEvent.parse(event.data));
      }
      if (flags.follow !== true) throw new CliError(exitCodes.unreachable, `The connection to ${client.url} was lost before all was read`);
    } catch (error) {
      if (io.signal.aborted) throw new CliError(exitCodes.interrupted, "Interrupted", { cause: error });
      const isLost = !(error instanceof CliError) || error.exitCode === exitCodes.unreachable;
      if (!isLost || flags.follow !== true || ++failures > MOST_FAILURES) throw error instanceof CliError ? error : client.unreachable(error);
    }
    say(io, `-- The connection to ${client.url} was lost; following again`);
    // What was written meanwhile is not asked for: files do not tell when their lines were written.
    tail = "0";
    await sleep(PAUSE, undefined, { signal: io.signal }).catch(() => {});
  }
}

class LinePrinter {
  readonly #io: Io;
  readonly #flags: LogsFlags;
  readonly #root: Found;
  readonly #style: Style;
  readonly #colours = new Map<string, (text: string) => string>();
  #width = 0;

  constructor(io: Io, flags: LogsFlags, root: Found) {
    this.#io = io;
    this.#flags = flags;
    this.#root = root;
    this.#style = styleOf(io, io.stdout);
  }

  async print(line: LogLineEvent): Promise<void> {
    const { output, timestamps } = this.#flags;
    if (output !== "table") return print(this.#io, JSON.stringify(line));
    if (line.stream === "notice") return say(this.#io, styleOf(this.#io).dim(`-- ${line.entity === undefined ? "" : `${line.entity}: `}${line.text}`));
    const text = this.#io.stdout.isTTY === true ? coloured(line.text, this.#style.isColourful) : line.text;
    const time = timestamps === true && line.at !== undefined ? `${this.#style.dim(new Date(line.at).toISOString())} ` : "";
    await writeLine(this.#io.stdout, `${this.#prefixOf(line)}${time}${text}\n`);
  }

  /** Of the entity, and of the file or step where it has several. */
  #prefixOf({ entity = "", entityId, source }: LogLineEvent): string {
    const isOwn = entityId === undefined || entityId === this.#root.id;
    if (this.#flags.prefix !== true && isOwn && this.#root.kind === "entity") return "";
    const below = isOwn ? this.#root.name : entity.startsWith(`${this.#root.path}/`) ? entity.slice(this.#root.path.length + 1) : entity;
    const name = this.#root.kind === "task" ? source : source === "container" ? below : `${below} ${source}`;
    this.#width = Math.max(this.#width, Math.min(name.length, 40));
    return `${this.#colourOf(name)(`${name.padEnd(this.#width)} |`)} `;
  }

  #colourOf(name: string): (text: string) => string {
    let paint = this.#colours.get(name);
    const { cyan, yellow, green, magenta, blue } = this.#style;
    if (paint === undefined) this.#colours.set(name, (paint = [cyan, yellow, green, magenta, blue][this.#colours.size % 5] ?? cyan));
    return paint;
  }
}
