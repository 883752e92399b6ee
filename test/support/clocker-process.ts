import { type ChildProcess, spawn } from "node:child_process";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export const PROJECT = resolve(import.meta.dirname, "../..");
const MAIN = join(PROJECT, "src/cli/main.ts");

/** Everything that a process of the command line wrote, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The launcher: the command as users have it. */
export const LAUNCHER = [join(PROJECT, "clocker")];
/** The command line without the launcher. */
const COMMAND_LINE = [process.execPath, MAIN];

/** The command line as a child process. */
export class ClockerProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";
  readonly #watchers = new Set<() => void>();

  constructor(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}, command: readonly string[] = COMMAND_LINE) {
    const [program = "", ...first] = command;
    this.child = spawn(program, [...first, ...args], { cwd: PROJECT, env: { ...process.env, ...cleanEnvironment, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#wrote(() => (this.stdout += text)));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#wrote(() => (this.stderr += text)));
    this.ended = new Promise((settle, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code) => {
        settle({ code, stdout: this.stdout, stderr: this.stderr });
        this.#wrote(() => {});
      });
    });
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The first match in what it writes; fails when it ends before, or the bound passes. */
  async writes(pattern: RegExp, bound = 60_000): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(bound);
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match !== null) return match;
      if (!this.isRunning) throw new Error(`clocker ended before it wrote ${String(pattern)}:\n${this.stdout}${this.stderr}`);
      if (deadline.aborted) throw new Error(`clocker did not write ${String(pattern)} within ${bound} ms:\n${this.stdout}${this.stderr}`);
      await this.#change(deadline);
    }
  }

  async signal(name: NodeJS.Signals): Promise<Ended> {
    if (this.isRunning) this.child.kill(name);
    return this.ended;
  }

  #wrote(change: () => void): void {
    change();
    for (const watcher of [...this.#watchers]) watcher();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((settle) => {
      const done = (): void => {
        this.#watchers.delete(done);
        signal.removeEventListener("abort", done);
        settle();
      };
      this.#watchers.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }
}

/** Images and root file systems are shared with other runs, whatever home a test gives; nothing of the tester's own settings is. */
const cleanEnvironment = {
  XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  CLOCKER_URL: undefined,
  NO_COLOR: "1",
};

/** Runs the command line to its end. */
export function runClocker(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<Ended> {
  return new ClockerProcess(args, env).ended;
}
