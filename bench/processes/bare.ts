import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "../support/child.ts";
import { preciseNow, Publisher } from "../support/publisher.ts";

/**
 * The floor: bare Node. `/body?bytes=N` answers a constant body of that size, `/events` is an event stream fed by an event emitter,
 * with two events for every published one as the management server has with an enricher; `maps` and `read` hold and read what entities cannot do without.
 */
const bodies = new Map<number, Buffer>();
/** Held while memory is measured. */
const kept: unknown[] = [];
const events = new EventEmitter();
events.setMaxListeners(0);

const http = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://bare");
  if (pathname === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": hello\n\n");
    let id = 0;
    const listener = (data: object) => response.write(`id: ${++id}\nevent: sensor\ndata: ${JSON.stringify(data)}\n\n`);
    events.on("sensor", listener);
    response.on("close", () => events.off("sensor", listener));
    return;
  }
  const size = Number(searchParams.get("bytes"));
  const body = bodies.get(size) ?? Buffer.alloc(size, "x");
  bodies.set(size, body);
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": size });
  response.end(body);
}).listen(0, "127.0.0.1");
await once(http, "listening");

const publisher = new Publisher((number) => {
  const value = preciseNow();
  const data = { entityId: `entity${number % 9_900}`, applicationId: "application", sensor: "bench.published", value, at: Math.floor(value) };
  events.emit("sensor", data);
  events.emit("sensor", { ...data, entityId: `tier${number % 100}`, sensor: "bench.latest" });
});

serve({
  url: () => {
    const address = http.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  },
  rate: (perSecond) => publisher.rate(Number(perSecond)),
  /** Bytes that so many entities take at least: a map of config, a map of sensors, a list of who listens. */
  maps: async (count) => {
    const before = await usedMemory();
    for (let number = 0; number < Number(count); number++) kept.push({
      id: `entity${number}`,
      config: new Map(Array.from({ length: 4 }, (__, key) => [`key${key}`, `value ${number}.${key}`])),
      sensors: new Map(Array.from({ length: 12 }, (__, key) => [`sensor${key}`, { value: `value ${number}.${key}`, at: Date.now() }])),
      listeners: new Set([() => number]),
    });
    const after = await usedMemory();
    kept.length = 0;
    return after - before;
  },
  /** Milliseconds to read everything out of a server's database into maps. */
  read: (file) => {
    const startedAt = performance.now();
    const database = new DatabaseSync(String(file), { readOnly: true });
    const records = new Map<string, unknown>();
    for (const { kind, id, data } of database.prepare("SELECT kind, id, data FROM record").iterate()) records.set(`${String(kind)}/${String(id)}`, JSON.parse(String(data)));
    database.close();
    return performance.now() - startedAt;
  },
});

async function usedMemory(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(20);
  }
  return process.memoryUsage().heapUsed;
}
