import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BLUEPRINT } from "../../../test/support/api-harness.ts";
import { fakeServer, type FakeServer } from "../../../test/support/fake-server.ts";
import type { Entity } from "../../model/entity.ts";
import { type RunningApi, startApi } from "../start-api.ts";

/*
 * A reader whose socket is never read: the kernel's buffers fill, then the server's bounded backlog, then the reader is let go of.
 * It comes back with the number of the last event that it has seen, and misses nothing.
 */
let server: FakeServer;
let api: RunningApi;
let sockets: Socket[];

beforeEach(async () => {
  server = fakeServer();
  api = await startApi({ server, port: { first: 0, orNext: false } });
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await api.close();
  await server.close();
});

/** Opens the stream and reads until some text has come; then the socket is left alone. */
async function opened(headers = "", until = "event: hello"): Promise<{ socket: Socket; text: () => string; has: (wanted: string) => Promise<void> }> {
  const socket = connect(api.port, "127.0.0.1");
  sockets.push(socket);
  const chunks: string[] = [];
  const begun = Promise.withResolvers<void>();
  const waiting = new Map([[until, begun]]);
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    // What is looked for may lie across two of them.
    const before = chunks.at(-1)?.slice(-200) ?? "";
    chunks.push(chunk);
    for (const [wanted, { resolve }] of waiting) if (`${before}${chunk}`.includes(wanted)) resolve();
  });
  socket.on("error", begun.reject);
  socket.write(`GET /v1/events?kinds=sensor HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
  await begun.promise;
  const has = (wanted: string): Promise<void> => {
    const found = Promise.withResolvers<void>();
    waiting.set(wanted, found);
    return found.promise;
  };
  return { socket, has, text: () => chunks.join("") };
}

const LARGE = "x".repeat(100_000);

function fill(entity: Entity, from: number, count: number, value: string): void {
  for (let i = from; i < from + count; i++) server.plane.events.publish({ kind: "sensor", entity, name: `big.${i}`, value, previous: undefined, at: i });
}

it("a reader that does not read is let go of, with a way to go on; others are not held up", async () => {
  const { application } = await server.applications.deploy(BLUEPRINT);
  const slow = await opened();
  slow.socket.pause();
  const quick = await opened();
  let written = 0;
  // Some megabytes of the kernel's buffers, then more events than the server lets wait.
  for (; written < 5_800; written += 100) {
    fill(application, written, 100, written < 300 ? LARGE : "small");
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ended = slow.has("event: overflow");
  slow.socket.resume();
  await ended;
  const seen = [...slow.text().matchAll(/^id: (\d+)\nevent: sensor\ndata: [^\n]{0,200}"sensor":"big\.(\d+)"/gm)];
  const [, lastId = "", lastSeen = ""] = seen.at(-1) ?? [];
  expect(slow.text()).toContain("event: overflow");
  expect(Number(lastSeen)).toBeLessThan(written - 1);

  const back = await opened(`Last-Event-ID: ${lastId}\r\n`, `"sensor":"big.${written - 1}"`);
  const after = [...back.text().matchAll(/"sensor":"big\.(\d+)"/g)].map(([, index]) => Number(index));
  expect([after[0], after.at(-1), after.length]).toEqual([Number(lastSeen) + 1, written - 1, written - 1 - Number(lastSeen)]);
  expect(quick.text()).toContain(`"sensor":"big.${written - 1}"`);
}, 30_000);
