import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "ldapts";

export interface TestSlapd {
  /** `ldap://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

export type Entry = readonly [dn: string, attributes: Record<string, string | string[]>];

const run = promisify(execFile);
const START_TIMEOUT = 30_000;
const ROOT_DN = "cn=root,dc=example,dc=org";
const ROOT_PASSWORD = "root-of-the-tests";

/**
 * Starts OpenLDAP's server on 127.0.0.1 with some entries below `dc=example,dc=org`: people in `ou=Users`, groups in `ou=Groups`. It is the installed one, or
 * Debian's package unpacked in a folder, so that nothing has to run on this computer beside the tests.
 */
export async function startSlapd(entries: readonly Entry[]): Promise<TestSlapd> {
  const folder = await mkdtemp(path.join(tmpdir(), "clocker-slapd-"));
  const root = existsSync("/usr/sbin/slapd") ? "/" : await unpacked(folder);
  await mkdir(path.join(folder, "data"));
  const schemas = ["core", "cosine", "nis", "inetorgperson"].map((name) => `include ${path.join(root, "etc/ldap/schema", `${name}.schema`)}`);
  const config = [...schemas, `modulepath ${path.join(root, "usr/lib/ldap")}`, "moduleload back_mdb", "moduleload memberof", `pidfile ${folder}/slapd.pid`, "database mdb", 'suffix "dc=example,dc=org"', `rootdn "${ROOT_DN}"`, `rootpw ${ROOT_PASSWORD}`, `directory ${folder}/data`, "overlay memberof", ""];
  await writeFile(path.join(folder, "slapd.conf"), config.join("\n"));
  const url = `ldap://127.0.0.1:${await freePort()}`;
  const libraries = path.join(root, "usr/lib", process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu");
  const slapd = spawn(path.join(root, "usr/sbin/slapd"), ["-d", "0", "-h", url, "-f", path.join(folder, "slapd.conf")], { env: { ...process.env, ...(root === "/" ? {} : { LD_LIBRARY_PATH: libraries }) }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  slapd.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const stop = async (): Promise<void> => {
    await ended(slapd);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await filled(url, entries);
  } catch (error) {
    await stop();
    throw new Error(`Cannot start the test LDAP server: ${said}`, { cause: error });
  }
  return { url, stop };
}

async function unpacked(folder: string): Promise<string> {
  const root = path.join(folder, "packages");
  await mkdir(root);
  const { stdout } = await run("apt-cache", ["depends", "slapd"]);
  const needed = stdout.split("\n").flatMap((line) => /Depends: ((?:libldap|libodbc|libltdl)\S+)/.exec(line)?.[1] ?? []);
  await run("apt-get", ["download", "slapd", ...needed], { cwd: root });
  for (const file of (await run("ls", [root])).stdout.split("\n").filter((name) => name.endsWith(".deb"))) await run("dpkg", ["-x", path.join(root, file), root]);
  return root;
}

/** Waits until it answers, then adds the entries. */
async function filled(url: string, entries: readonly Entry[]): Promise<void> {
  const until = performance.now() + START_TIMEOUT;
  for (;;) {
    const client = new Client({ url });
    try {
      await client.bind(ROOT_DN, ROOT_PASSWORD);
      await client.add("dc=example,dc=org", { objectClass: ["dcObject", "organization"], o: "Example", dc: "example" });
      for (const [dn, attributes] of entries) await client.add(dn, attributes);
      return;
    } catch (error) {
      if (performance.now() > until || !(error instanceof Error && "code" in error && error.code === "ECONNREFUSED")) throw error;
      await sleep(50);
    } finally {
      await client.unbind();
    }
  }
}

async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return;
  const exit = new Promise((resolve) => process.once("exit", resolve));
  process.kill("SIGTERM");
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("No port");
  return address.port;
}
