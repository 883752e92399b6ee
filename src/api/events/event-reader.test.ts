import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { EventBus } from "../../model/events.ts";
import { EventHub } from "./event-hub.ts";
import { EventReader } from "./event-reader.ts";

const EVERYTHING = { applicationId: undefined, kinds: new Set<never>() };

/** A clock whose alarms ring when told to. */
function alarmClock() {
  const alarms = new Set<() => void>();
  const clock = {
    now: () => 1_000,
    sleep: async () => {},
    after: (_ms: number, work: () => void) => {
      alarms.add(work);
      return () => void alarms.delete(work);
    },
  };
  const ring = () => {
    for (const alarm of [...alarms]) {
      alarms.delete(alarm);
      alarm();
    }
  };
  return { clock, ring, alarms };
}

function setUp(options: { kept?: number; largestBacklog?: number; after?: number; highWaterMark?: number } = {}) {
  const bus = new EventBus(() => {});
  const hub = new EventHub(bus, { startedAt: 1, entity: () => undefined, ...(options.kept === undefined ? {} : { kept: options.kept }) });
  const { clock, ring, alarms } = alarmClock();
  const out = new PassThrough(options.highWaterMark === undefined ? {} : { highWaterMark: options.highWaterMark });
  out.setEncoding("utf8");
  const read = () => new EventReader(out, { hub, clock, filter: EVERYTHING, after: options.after, ...(options.largestBacklog === undefined ? {} : { largestBacklog: options.largestBacklog }) });
  const happen = (name: string) => bus.publish({ kind: "location-added", name });
  const text = () => String(out.read() ?? "");
  return { hub, read, happen, ring, alarms, out, text };
}

describe("EventReader", () => {
  it("begins with hello and the number to come back with", () => {
    const { read, text } = setUp();
    read();
    expect(text()).toBe('retry: 2000\nid: 1000\nevent: hello\ndata: {"lastEventId":1000}\n\n');
  });

  it("keeps the connection open with comments", () => {
    const { read, ring, text } = setUp();
    read();
    text();
    ring();
    ring();
    expect(text()).toBe(": heartbeat\n\n: heartbeat\n\n");
  });

  it("gives what was missed, each once, then what comes", () => {
    const { hub, happen, out, read, text } = setUp({ after: 1_001 });
    happen("a");
    happen("b");
    read();
    happen("c");
    expect([...text().matchAll(/^id: (\d+)\nevent: location/gm)].map(([, id]) => id)).toEqual(["1002", "1003"]);
    expect(hub.lastId).toBe(1_003);
    out.destroy();
  });

  it("asks the reader to begin anew when what it missed is no longer kept", () => {
    const { happen, read, text } = setUp({ after: 1_001, kept: 2 });
    for (const name of "abcdef") happen(name);
    read();
    expect(text()).toContain("event: reset");
  });

  it("drops a reader that does not read, and ends the connection even if it never reads", () => {
    const { happen, out, read, ring, text } = setUp({ highWaterMark: 1, largestBacklog: 3 });
    read();
    for (const name of "abcd") happen(name);
    expect(out.writableEnded).toBe(true);
    const farewell = text();
    expect(farewell).toContain("event: overflow");
    expect(farewell).toContain("Last-Event-ID: 1000");
    ring();
    expect(out.destroyed).toBe(true);
  });

  it("leaves nothing behind when the reader goes", async () => {
    const { alarms, happen, out, read } = setUp();
    const reader = read();
    out.destroy();
    await new Promise((resolve) => out.once("close", resolve));
    happen("a");
    reader.close();
    expect(alarms.size).toBe(0);
  });
});
