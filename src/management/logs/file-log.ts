import { StringDecoder } from "node:string_decoder";
import type { CommandSession, Machine } from "../../machine/machine.ts";
import type { Entity } from "../../model/entity.ts";
import { LOG_LOCATION } from "../../software/process/keys.ts";
import { RUN_DIR } from "../../software/process/sensors.ts";
import { LineCutter, type LogOptions, type TakeLine } from "./log-line.ts";

/** Where software that says nothing of its log files has them, seen from its run folder. */
const USUAL = ["*.log", "*.out", "console", "logs/*.log", "logs/*.out", "log/*.log"];
/** Files of one process that are read. */
const MOST_FILES = 20;
const LIST_TIMEOUT = 30_000;

/** Prints the files that the patterns match, each once. The patterns are arguments: they are matched, and never read as shell text. */
const LIST = 'cd -- "$1" 2>/dev/null || exit 0; shift; IFS=; for pattern in "$@"; do for file in $pattern; do if [ -f "$file" ] && [ -r "$file" ]; then printf "%s\\n" "$file"; fi; done; done';
/** `tail` in a folder; its headers say which file comes next. */
const TAIL = 'cd -- "$1" || exit 126; shift; exec tail "$@"';

/** The patterns of an entity's log files: what `log.location` says, else the usual ones in its run folder; none where it has no run folder. */
export function logPatterns(entity: Entity): { folder: string; patterns: readonly string[] } | undefined {
  const told = entity.sensorValue("log.location")?.value ?? entity.config.find(LOG_LOCATION)?.raw;
  const patterns = typeof told === "string" ? [told] : Array.isArray(told) ? told.filter((each): each is string => typeof each === "string") : [];
  const folder = entity.get(RUN_DIR);
  if (patterns.length > 0) return { folder: folder ?? "/", patterns };
  return folder === undefined ? undefined : { folder, patterns: USUAL };
}

/** The files that are there now. @throws those of `Machine.run` */
export async function listLogFiles(machine: Machine, folder: string, patterns: readonly string[], signal: AbortSignal): Promise<string[]> {
  const { stdout } = await machine.run({ argv: ["/bin/sh", "-c", LIST, "sh", folder, ...patterns] }, { signal, timeout: LIST_TIMEOUT });
  return [...new Set(stdout.split("\n").filter((line) => line !== ""))].slice(0, MOST_FILES);
}

export interface LogFiles {
  readonly entity: Entity;
  readonly machine: Machine;
  readonly folder: string;
  readonly files: readonly string[];
}

/** Reads files on a machine; with `follow` what is added to them, also when they are replaced. */
export async function readFileLogs({ entity, machine, folder, files }: LogFiles, { follow, tail }: LogOptions, take: TakeLine, signal: AbortSignal): Promise<void> {
  let source = files[0] ?? "";
  let isAfterBlank = false;
  const line = async (text: string): Promise<void> => {
    const next = files.length > 1 ? /^==> (.*) <==$/.exec(text)?.[1] : undefined;
    if (next !== undefined && files.includes(next)) {
      source = next;
      isAfterBlank = false;
      return;
    }
    // An empty line may belong to the header that follows.
    if (isAfterBlank) await take({ entity, source, stream: "stdout", text: "" });
    isAfterBlank = files.length > 1 && text === "";
    if (!isAfterBlank) await take({ entity, source, stream: "stdout", text });
  };
  const argv = ["-n", tail === undefined ? "+1" : String(tail), ...(follow ? ["-F"] : []), "--", ...files];
  await pump(machine, ["/bin/sh", "-c", TAIL, "sh", folder, ...argv], line, signal);
}

/** Runs a command and takes its lines, holding it back while they are not taken. */
async function pump(machine: Machine, argv: [string, ...string[]], onLine: (line: string) => Promise<void>, signal: AbortSignal): Promise<void> {
  const cutter = new LineCutter(onLine);
  const decoder = new StringDecoder("utf8");
  const state: { work: Promise<unknown>; waiting: number; session?: CommandSession } = { work: Promise.resolve(), waiting: 0 };
  const onStdout = (bytes: Buffer): void => {
    state.waiting++;
    state.session?.pause();
    state.work = state.work.then(() => cutter.write(decoder.write(bytes))).finally(() => --state.waiting === 0 && state.session?.resume());
  };
  const open = (state.session = await machine.open(argv, { onStdout, onStderr: () => {}, signal }));
  const onAbort = (): void => void open.kill().catch(() => {});
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  open.stdin.end();
  try {
    await open.ended;
    await state.work;
    await cutter.end();
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
