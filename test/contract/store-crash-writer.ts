import { openSqliteStore } from "../../src/management/store/sqlite-store.ts";
import { storeTestClock } from "./store-test-clock.ts";

/**
 * A process to be killed: `node store-crash-writer.ts DIRECTORY ROUND` writes pairs of records from many writers at once, and
 * prints the number of each pair that was acknowledged. One call writes both halves: after a crash a pair is there whole or not at all.
 */
const [directory = "", round = ""] = process.argv.slice(2);
const store = await openSqliteStore({ directory, clock: storeTestClock });
process.stdout.write("ready\n");

let last = 0;
await Promise.all(Array.from({ length: 20 }, writeForever));

async function writeForever(): Promise<never> {
  for (;;) {
    const pair = `${round}-${++last}`;
    const data = { pair, padding: "x".repeat(300) };
    await store.write([
      { kind: "left", id: pair, data },
      { kind: "right", id: pair, data },
      { kind: "latest", id: round, data: { pair } },
    ]);
    process.stdout.write(`${pair}\n`);
  }
}
