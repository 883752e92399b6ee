import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { Bench } from "./bench.ts";
import { end } from "./process.ts";

/** A process of this benchmark's own, whose functions are called over its channel. */
export interface Child {
  /** Calls one of the functions that the process serves. @throws Error with its message. */
  call(name: string, argument?: unknown): Promise<unknown>;
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
}

/** Starts `bench/processes/NAME.ts`, which serves its functions with `serve`; it ends with the run. */
export function startChild(bench: Bench, name: string, { args = [], node = [] }: ChildOptions = {}): Child {
  const profiles = process.env["CLOCKER_BENCH_PROFILE"];
  const profiling = profiles === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", `${profiles}/${name}`];
  const child = fork(path.join(import.meta.dirname, "../processes", `${name}.ts`), [...args], { execArgv: [...node, ...profiling], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const stop = (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => end(child, signal);
  bench.atEnd(`end process ${child.pid} (${name})`, () => stop());
  return { call: caller(child, name), stop };
}

function caller(child: ChildProcess, name: string): Child["call"] {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on("message", (message: Reply) => {
    const call = waiting.get(message.number);
    waiting.delete(message.number);
    if (message.error === undefined) call?.resolve(message.result);
    else call?.reject(new Error(message.error));
  });
  child.on("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error(`The process "${name}" ended before it answered`));
    waiting.clear();
  });
  return (what, argument) =>
    new Promise((resolve, reject) => {
      const number = ++last;
      waiting.set(number, { resolve, reject });
      child.send({ number, name: what, argument } satisfies Call);
    });
}

/** Milliseconds of processor time that a process has taken so far, all its threads together. Unlike the time of the clock it does not grow with what else the computer does. */
export async function cpuOf(child: Child): Promise<number> {
  return Number(await child.call("cpu"));
}


interface Call {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly number: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** In a process of `bench/processes`: answers the calls of the one that started it, and ends with it. */
export function serve(functions: Readonly<Record<string, (argument: unknown) => unknown>>): void {
  process.on("message", ({ number, name, argument }: Call) => {
    void answer(number, async () => (name === "cpu" ? cpuTime() : functions[name]?.(argument)));
  });
  process.on("disconnect", () => process.exit());
  process.on("SIGTERM", () => process.exit());
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function answer(number: number, work: () => Promise<unknown>): Promise<void> {
  const send = (reply: Reply) => process.send?.(reply);
  try {
    send({ number, result: await work() });
  } catch (error) {
    send({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
