import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore, type SqliteStoreOptions } from "../../src/management/store/sqlite-store.ts";
import type { Store } from "../../src/management/store/store.ts";
import { idsOf, recordsOf } from "./store.ts";
import { storeTestClock } from "./store-test-clock.ts";

let root: string;
let directory: string;
let stores: Store[];
let children: ChildProcess[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "clocker-sqlite-"));
  directory = root;
  stores = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(stores.map((store) => store.close()));
  await rm(root, { recursive: true, force: true });
});

describe("SQLite store: a crash", () => {
  it("kill -9 at any moment loses no acknowledged record and tears no write", async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const writer = await startWriter(String(round));
      await writer.acknowledges(1 + Math.floor(Math.random() * 300));
      writer.child.kill("SIGKILL");
      for (const pair of await writer.rest()) acknowledged.add(pair);

      const store = await openStore();
      const records = await recordsOf(store);
      const pairs = (kind: string): Set<string> => new Set(records.filter((record) => record.kind === kind).map((record) => record.id));
      const there = pairs("left");
      expect(pairs("right")).toEqual(there);
      expect([...acknowledged].filter((pair) => !there.has(pair))).toEqual([]);
      await store.close();
    }
    expect(acknowledged.size).toBeGreaterThan(10);
  });
});

describe("SQLite store: one holder of a data directory", () => {
  it("names the process and host that hold it, and takes over when that process was killed", async () => {
    const writer = await startWriter("held");
    const refused = openStore();
    await expect(refused).rejects.toMatchObject({
      code: "conflict",
      message: `Cannot open the data directory "${directory}": process ${writer.child.pid} on "${hostname()}" holds it`,
      remedy: expect.stringContaining("Stop that process"),
    });
    writer.child.kill("SIGKILL");
    await writer.rest();
    const store = await openStore();
    await store.write([record("mine")]);
  });

  it("leaves the directory to the next one after close, and no note of the holder", async () => {
    await (await openStore()).close();
    expect(await readdir(directory)).toEqual(["clocker.db"]);
    await openStore();
  });

  it("waits a while for a holder that is stopping", async () => {
    const first = await openStore();
    const second = openStore({ lockWait: 20_000 });
    await first.close();
    expect(await recordsOf(await second)).toEqual([]);
  });

  it("a refused opener leaves the holder's lock and note alone", async () => {
    const first = await openStore();
    for (let i = 0; i < 3; i++) await expect(openStore()).rejects.toMatchObject({ code: "conflict" });
    await first.write([record("a")]);
    expect(await idsOf(first)).toEqual(["a"]);
  });
});

describe("SQLite store: files", () => {
  it("makes the directory 0700 and its files 0600, and corrects a wider mode of the database", async () => {
    directory = join(directory, "deep", "data");
    const first = await openStore();
    await first.write([record("a")]);
    expect(await modesIn(directory)).toEqual({ ".": "700", "clocker.db": "600", "clocker.db-wal": "600", "holder.json": "600" });
    await first.close();
    await chmod(join(directory, "clocker.db"), 0o644);
    await openStore();
    expect(await modesIn(directory)).toMatchObject({ "clocker.db": "600" });
  });

  it("leaves the mode of a directory that it did not make", async () => {
    await chmod(directory, 0o755);
    await openStore();
    expect(await modesIn(directory)).toMatchObject({ ".": "755", "clocker.db": "600" });
  });

  it("refuses a directory that cannot be made", async () => {
    await writeFile(join(directory, "file"), "");
    await expect(openSqliteStore({ directory: join(directory, "file"), clock: storeTestClock })).rejects.toMatchObject({ code: "storage" });
  });
});

describe("SQLite store: what it refuses to open", () => {
  const file = (): string => join(directory, "clocker.db");

  it("a file that is no database", async () => {
    await writeFile(file(), "This is not a database. ".repeat(400));
    await expect(openStore()).rejects.toMatchObject({ code: "storage", message: expect.stringContaining("not a database"), remedy: expect.stringContaining("Restore a backup") });
  });

  it("a damaged database", async () => {
    const store = await openStore();
    await store.write(Array.from({ length: 500 }, (_, index) => record(`e${index}`)));
    await store.close();
    const handle = await open(file(), "r+");
    await handle.write(Buffer.alloc(4096 * 3, 0xa5), 0, 4096 * 3, 4096 * 2);
    await handle.close();
    await expect(openStore()).rejects.toMatchObject({ code: "storage", remedy: expect.stringContaining("Restore a backup") });
  });

  it("the database of another program", async () => {
    const other = new DatabaseSync(file());
    other.exec("CREATE TABLE theirs (x)");
    other.close();
    await expect(openStore()).rejects.toMatchObject({ code: "storage", message: expect.stringContaining("another program") });
  });

  it("the database of a newer Clocker", async () => {
    await (await openStore()).close();
    const database = new DatabaseSync(file());
    database.exec("UPDATE schema SET version = 99");
    database.close();
    await expect(openStore()).rejects.toMatchObject({ code: "storage", message: expect.stringContaining("schema version 99"), remedy: expect.stringContaining("newer Clocker") });
    await expect(openStore()).rejects.toThrow("schema version 99");
  });
});

describe("SQLite store: failures while it runs", () => {
  it("a full disk rejects the write with a remedy, keeps what was there, and goes on when there is space", async () => {
    const store = await openStore({ largestFile: 200 * 1024 });
    await store.write([record("kept")]);
    const big = { kind: "entity", id: "big", data: { text: "x".repeat(400 * 1024) } };
    const failed = await Promise.allSettled([store.write([big]), store.write([record("beside")])]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(store.write([big])).rejects.toMatchObject({ code: "storage", message: expect.stringContaining("full"), remedy: expect.stringContaining("Free space") });
    await store.write([record("after")]);
    expect(await idsOf(store)).toEqual(["kept", "after"]);
  });

  it("the death of the worker rejects every waiting and later call, and frees the directory", async () => {
    const started = once(process, "worker");
    const store = await openStore();
    const worker: Worker = (await started)[0];
    const writes = Array.from({ length: 50 }, (_, index) => store.write([record(`e${index}`)]));
    const dead = worker.terminate();
    const outcomes = await Promise.allSettled([...writes, store.write([record("later")])]);
    await dead;
    expect(outcomes.at(-1)).toMatchObject({ status: "rejected", reason: { code: "storage", details: { permanent: true } } });
    await expect(store.write([record("x")])).rejects.toMatchObject({ code: "storage" });
    await expect(recordsOf(store)).rejects.toMatchObject({ code: "storage" });
    await store.close();
    const next = await openStore();
    const acknowledged = writes.map((_, index) => `e${index}`).filter((_, index) => outcomes[index]?.status === "fulfilled");
    expect(await idsOf(next)).toEqual(expect.arrayContaining(acknowledged));
  });

  it("a disk that does not answer ends the store instead of hanging it", async () => {
    let alarm: (() => void) | undefined;
    const clock = { ...storeTestClock, after: (_: number, work: () => void) => ((alarm = work), () => undefined) };
    const store = await openStore({ clock });
    const write = store.write([record("a")]);
    await setImmediate();
    alarm?.();
    await expect(write).rejects.toMatchObject({ code: "storage", message: expect.stringContaining("has not answered for 120 s") });
    await expect(store.write([record("b")])).rejects.toMatchObject({ details: { permanent: true } });
  });
});

async function openStore(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await openSqliteStore({ directory, clock: storeTestClock, lockWait: 50, ...options });
  stores.push(store);
  return store;
}

function record(id: string): { kind: string; id: string; data: { id: string; padding: string } } {
  return { kind: "entity", id, data: { id, padding: "x".repeat(200) } };
}

interface Writer {
  readonly child: ChildProcess;
  /** Resolves when so many pairs were acknowledged. */
  acknowledges(count: number): Promise<void>;
  /** Everything that was acknowledged, when the process is gone. */
  rest(): Promise<string[]>;
}

async function startWriter(round: string): Promise<Writer> {
  const script = fileURLToPath(new URL("./store-crash-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [script, directory, round], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const acknowledged: string[] = [];
  const first = await lines.next();
  expect(first.value).toBe("ready");
  return {
    child,
    acknowledges: async (count) => {
      while (acknowledged.length < count) acknowledged.push(String((await lines.next()).value));
    },
    rest: async () => {
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) acknowledged.push(line.value);
      await exited;
      return acknowledged;
    },
  };
}

async function modesIn(folder: string): Promise<Record<string, string>> {
  const names = [".", ...(await readdir(folder))];
  const modes = await Promise.all(names.map(async (name) => [name, ((await stat(join(folder, name))).mode & 0o777).toString(8)]));
  return Object.fromEntries(modes);
}
