import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi } from "../../src/api/start-api.ts";
import { openServer } from "../../src/management/open-server.ts";
import { Properties } from "../../src/management/properties/properties.ts";
import type { Server } from "../../src/management/server.ts";
import { InMemoryStore } from "../../src/management/store/in-memory-store.ts";

const MOST = 1_000_000;
const filled = (part: string | ((i: number) => string), head = "", tail = "") => {
  let text = head;
  for (let i = 0; text.length + tail.length < MOST - 100; i++) text += typeof part === "string" ? part : part(i);
  return text.slice(0, MOST - tail.length) + tail;
};

/** Up to a megabyte of what a reader of YAML, or of blueprints, may come to grief with. */
const hostile: Readonly<Record<string, string>> = {
  "deep flow lists": "[".repeat(MOST),
  "deep flow maps": filled("{a: "),
  "deep blocks": filled((i) => `${" ".repeat(i)}a:\n`),
  "a billion laughs": ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]", ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(",")}]`), "services: *a30"].join("\n"),
  "many aliases": filled(() => `- *a\n`, "services:\n- &a {type: vanilla}\n"),
  "many anchors": filled((i) => `- &a${i} x\n`),
  "one long text": `name: "${"x".repeat(MOST - 100)}"\nservices: []\n`,
  "many keys": filled((i) => `k${i}: 1\n`, "services: [{type: server}]\n"),
  "repeated keys": filled("a: 1\n"),
  "many services": filled((i) => `- {type: vanilla, id: s${i}, launch.command: x}\n`, "services:\n"),
  "many services of no type": filled((i) => `- {type: nothing${i}}\n`, "services:\n"),
  "many mistakes": filled((i) => `  launchComand${i}: 1\n`, "services:\n- type: vanilla\n"),
  "many expressions": filled((i) => `    k${i}: $brooklyn:component("a${i}").config("b")\n`, "services:\n- type: vanilla\n  brooklyn.config:\n"),
  "one endless expression": `services: [{type: vanilla, x: '$brooklyn:${"self().".repeat(120_000)}self()'}]`,
  "nested expressions": `services: [{type: vanilla, x: '$brooklyn:${'formatString("%s",'.repeat(40_000)}'}]`,
  "nested specs": `services: [{type: cluster, memberSpec: ${"{$brooklyn:entitySpec: {type: cluster, memberSpec: ".repeat(18_000)}`,
  "documents": filled("---\na\n"),
  "comments": filled("# x\n"),
  "no text": "\u0000\u0001\u0002".repeat(MOST / 3),
};

const longToRead = new Set(["many aliases", "many anchors", "many keys", "repeated keys", "many services", "many services of no type", "many mistakes", "documents", "comments"]);

let folder: string;
let server: Server;
let api: Awaited<ReturnType<typeof startApi>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-hostile-"));
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  server = await openServer({ dataDir: join(folder, "data"), properties: new Properties(new Map()), log, store: new InMemoryStore() });
  api = await startApi({ server, bind: "127.0.0.1", port: { first: 0, orNext: false } });
});

afterAll(async () => {
  await api.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Asks for something small again and again until the signal; gives how often it was answered and the longest wait in milliseconds. */
async function others(signal: AbortSignal): Promise<{ answered: number; longest: number; failures: string[] }> {
  const seen = { answered: 0, longest: 0, failures: [] as string[] };
  while (!signal.aborted) {
    const begin = performance.now();
    const answer = await fetch(`${api.url}/v1/server/up`);
    const body = await answer.text();
    if (answer.status === 200 && body === "true") seen.answered++;
    else seen.failures.push(`${answer.status} ${body}`);
    seen.longest = Math.max(seen.longest, performance.now() - begin);
    await sleep(1);
  }
  return seen;
}

test.each(Object.entries(hostile).flatMap(([name, text]) => ["applications", "catalog"].map((where) => [name, where, text] as const)))("%s, posted to /v1/%s: refused or read, and others are answered meanwhile", async (name, where, text) => {
  const controller = new AbortController();
  const meanwhile = others(controller.signal);
  const begin = performance.now();
  const answer = await fetch(`${api.url}/v1/${where}${where === "applications" ? "?start=false" : ""}`, { method: "POST", body: text, headers: { "content-type": "application/yaml" } });
  const body = await answer.text();
  const took = performance.now() - begin;
  controller.abort();
  const { answered, longest, failures } = await meanwhile;
  if (process.env["SHOW_TIMES"] !== undefined) console.log(`${name} at ${where}: ${answer.status} after ${took.toFixed(0)} ms; ${answered} others meanwhile, at most ${longest.toFixed(0)} ms; ${body.slice(0, 100)}`);
  expect(failures).toEqual([]);
  // What takes long is read a little at a time: others had their turn between.
  expect(answered).toBeGreaterThan(longToRead.has(name) ? 5 : 0);
  expect(answer.status).toBeLessThan(500);
});
