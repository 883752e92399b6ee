import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { serve } from "../support/child.ts";
import { preciseNow, Publisher } from "../support/publisher.ts";

/**
 * The floor: bare Node. `/body?bytes=N` answers a constant body of that size, `/events` is an event stream fed by an event emitter,
 * with two events for every published one as the management server has with an enricher.
 */
const bodies = new Map<number, Buffer>();
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
});
