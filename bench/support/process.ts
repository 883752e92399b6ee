import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bench.ts";

export const PROJECT = path.resolve(import.meta.dirname, "../..");

/** Milliseconds that a process may take to answer, and to end. */
const ANSWER_LIMIT = 60_000;
const END_LIMIT = 30_000;
/** Milliseconds between tries to reach it. */
const TRY = 4;

/** A process that answers HTTP, with what it took until its first answer. */
export interface Answering {
  readonly url: string;
  /** From the start of the process to its first good answer. */
  readonly ms: number;
  /** Resident memory at the first answer: bytes. */
  readonly rss: number;
  /** The last lines that it wrote. */
  readonly output: () => string;
  rssNow(): Promise<number>;
  /** Ends it, and waits for that. It goes with the run anyway. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Starts a program and asks it for `path` until it answers well. `PORT` in the arguments stands for a free port. */
export async function startAnswering(bench: Bench, [program, ...args]: readonly [string, ...string[]], url: { path: string }): Promise<Answering> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(program, args.map((each) => (each === "PORT" ? String(port) : each)), { cwd: PROJECT, stdio: ["ignore", "pipe", "pipe"] });
  const output = lastLines(child);
  const stop = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => end(child, signal);
  bench.atEnd(`end process ${child.pid}`, () => stop());
  const base = `http://127.0.0.1:${port}/`;
  await firstAnswer(new URL(url.path, base), child, output, bench.signal);
  const ms = performance.now() - startedAt;
  return { url: base, ms, rss: await rssOf(child), output, rssNow: () => rssOf(child), stop };
}

async function firstAnswer(url: URL, child: ChildProcess, output: () => string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ANSWER_LIMIT;
  for (;;) {
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The process ended before it answered:\n${output()}`);
    if (await answersWell(url, signal)) return;
    if (performance.now() > deadline) throw new Error(`No answer from ${url.href} within ${ANSWER_LIMIT / 1_000} s:\n${output()}`);
    await sleep(TRY, undefined, { signal });
  }
}

async function answersWell(url: URL, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal });
    await response.arrayBuffer();
    return response.ok;
  } catch (error) {
    signal.throwIfAborted();
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Ends a process, by force when it takes too long. */
export async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const forced = setTimeout(() => child.kill("SIGKILL"), END_LIMIT);
  await ended;
  clearTimeout(forced);
}

function lastLines(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (chunk: string) => (text = `${text}${chunk}`.slice(-4_000)));
  return () => text;
}

/** Linux tells it in kB. */
async function rssOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1_024;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("There is no free port");
  return address.port;
}
