import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { SUDO_USER, spawnWithSudoUser } from "./sudo-user.ts";

export interface TestSshd {
  host: string;
  port: number;
  user: string;
  /** The private key that it accepts. */
  privateKey: string;
  /** The fingerprint of its host key. */
  fingerprint: string;
  /** The process that listens; its children serve the connections. */
  pid: number;
  /** Cuts every connection without a word, and goes on listening. */
  dropConnections(): Promise<void>;
  /** Stops answering on open connections (as a machine that lost power), until `resume`. */
  freeze(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";
const START_TIMEOUT = 30_000;

export interface SshdOptions {
  /** Lines added to its configuration. */
  config?: readonly string[];
  /** Who logs in: not root but `SUDO_USER`. */
  sudoUser?: boolean;
}

/** Starts an SSH server on 127.0.0.1 with keys of its own. Needs root and openssh-server. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  if (!existsSync(SSHD)) throw new Error(`Cannot start a test SSH server: no "${SSHD}"; on Debian: apt-get install openssh-server`);
  // sshd separates privileges in this folder; without a service manager nobody makes it.
  await mkdir("/run/sshd", { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "clocker-sshd-"));
  // sshd reads the accepted key as the user who logs in.
  await chmod(folder, 0o755);
  const key = join(folder, "user_key");
  const hostKey = join(folder, "host_key");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
  const port = await freePort();
  await writeFile(join(folder, "config"), configuration(folder, port, options.config ?? []));
  const words = ["-D", "-e", "-f", join(folder, "config")];
  const daemon = options.sudoUser ? await spawnWithSudoUser(folder, SSHD, words) : spawn(SSHD, words, { stdio: "ignore" });
  const pid = daemon.pid;
  if (pid === undefined) throw new Error(`Cannot start "${SSHD}"`);
  const signalConnections = async (signal: NodeJS.Signals): Promise<void> => {
    for (const child of await descendants(pid)) process.kill(child, signal);
  };
  await listens(port, daemon);
  return {
    host: "127.0.0.1",
    port,
    user: options.sudoUser ? SUDO_USER : userInfo().username,
    privateKey: await readFile(key, "utf8"),
    fingerprint: (await run("ssh-keygen", ["-lf", hostKey])).stdout.split(" ")[1] ?? "",
    pid,
    dropConnections: () => signalConnections("SIGKILL"),
    freeze: () => signalConnections("SIGSTOP"),
    resume: () => signalConnections("SIGCONT"),
    stop: async () => {
      await signalConnections("SIGKILL");
      daemon.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number, more: readonly string[]): string {
  const lines = [
    ...more,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host_key")}`,
    `AuthorizedKeysFile ${join(folder, "user_key.pub")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin yes",
  ];
  return `${lines.join("\n")}\n`;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}

async function listens(port: number, daemon: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline && daemon.exitCode === null) {
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error(`Cannot start a test SSH server: nothing listens on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** The processes named sshd below `pid`: one or two for each connection, not the commands in them. */
async function descendants(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-e", "-o", "pid=,ppid=,comm="]);
  const rows = stdout.trim().split("\n").map((line) => line.trim().split(/\s+/));
  const below = (parent: number): number[] =>
    rows.filter(([, ppid, name]) => Number(ppid) === parent && name?.startsWith("sshd")).flatMap(([child]) => [Number(child), ...below(Number(child))]);
  return below(pid);
}
