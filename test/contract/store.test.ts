import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InMemoryDisk, InMemoryStore } from "../../src/management/store/in-memory-store.ts";
import { openSqliteStore } from "../../src/management/store/sqlite-store.ts";
import { storeContract } from "./store.ts";
import { storeTestClock } from "./store-test-clock.ts";

storeContract("in memory", async () => {
  const disk = new InMemoryDisk();
  return { open: async () => new InMemoryStore(disk), remove: async () => undefined };
});

storeContract("SQLite", async () => {
  const directory = await mkdtemp(join(tmpdir(), "clocker-store-"));
  return {
    open: () => openSqliteStore({ directory, clock: storeTestClock, lockWait: 100 }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});
