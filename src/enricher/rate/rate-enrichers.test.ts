import { beforeEach, describe, expect, it } from "vitest";
import { AdjunctHarness, COUNT, LABEL, LOAD, read, widget } from "../../../test/support/adjunct-harness.ts";
import { SERVICE_UP } from "../../model/attributes.ts";
import type { AdjunctType } from "../../model/adjunct.ts";
import type { Entity } from "../../model/entity.ts";
import type { Json } from "../../model/spec.ts";
import { World } from "../../../test/support/in-memory-plane.ts";
import { entitySpec } from "../../model/spec.ts";
import { deltaEnricher, timeFractionDeltaEnricher, timeWeightedDeltaEnricher, yamlTimeWeightedDeltaEnricher } from "./deltas.ts";
import { httpLatencyDetectorOf } from "./http-latency-detector.ts";
import { rollingMeanEnricher, rollingTimeWindowMeanEnricher, yamlRollingTimeWindowMeanEnricher } from "./means.ts";

let harness: AdjunctHarness;
let app: Entity;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
  app = harness.make("app");
});

/** Sets the count at these times, and reads the target each time. */
async function play(type: AdjunctType, config: Record<string, Json>, steps: readonly (readonly [ms: number, value: number | undefined])[]): Promise<unknown[]> {
  harness.add(app, type, { source: "count", target: "result", ...config });
  const seen: unknown[] = [];
  for (const [ms, value] of steps) {
    await harness.pass(ms);
    app.set(COUNT, value);
    seen.push(read(app, "result"));
  }
  return seen;
}

describe("rates", () => {
  it.each([
    ["DeltaEnricher", deltaEnricher, {}, [[0, 10], [5_000, 25], [5_000, 20]], [undefined, 15, -5]],
    ["TimeWeightedDeltaEnricher per second", timeWeightedDeltaEnricher, {}, [[0, 10], [5_000, 30], [2_000, 50]], [undefined, 4, 10]],
    ["TimeWeightedDeltaEnricher per minute", timeWeightedDeltaEnricher, { unitMillis: 60_000 }, [[0, 0], [30_000, 10]], [undefined, 20]],
    ["YamlTimeWeightedDeltaEnricher", yamlTimeWeightedDeltaEnricher, { "enricher.delta.period": "1m" }, [[0, 0], [10_000, 10]], [undefined, 60]],
    ["TimeFractionDeltaEnricher of milliseconds", timeFractionDeltaEnricher, {}, [[0, 0], [10_000, 5_000]], [undefined, 0.5]],
    ["TimeFractionDeltaEnricher of microseconds", timeFractionDeltaEnricher, { nanosPerOrigUnit: 1_000 }, [[0, 0], [1_000, 250_000]], [undefined, 0.25]],
    ["a value that goes and comes back", timeWeightedDeltaEnricher, {}, [[0, 10], [1_000, undefined], [1_000, 30]], [undefined, undefined, 10]],
  ] as [string, AdjunctType, Record<string, Json>, [number, number | undefined][], unknown[]][])("%s", async (_name, type, config, steps, expected) => {
    expect(await play(type, config, steps)).toEqual(expected);
  });

  it("a rate is zero again when the value stays the same, and the next is over the time of one value", async () => {
    expect(await play(timeWeightedDeltaEnricher, {}, [[0, 0], [5_000, 50]])).toEqual([undefined, 10]);
    await harness.pass(7_500);
    expect(read(app, "result")).toBe(0);
    await harness.pass(2_500);
    app.set(COUNT, 60);
    expect(read(app, "result")).toBe(2);
  });

  it("a first value that stays has a rate of zero after a while", async () => {
    expect(await play(timeWeightedDeltaEnricher, {}, [[0, 7], [14_000, 7], [1_000, 7], [5_000, 27]])).toEqual([undefined, undefined, 0, 1]);
  });

  it("no timer is left when it is removed", async () => {
    await play(timeWeightedDeltaEnricher, {}, [[0, 0], [5_000, 50]]);
    for (const adjunct of [...app.adjuncts]) app.removeAdjunct(adjunct);
    await harness.pass(100_000);
    expect(read(app, "result")).toBe(10);
  });
});

describe("means", () => {
  it("RollingMeanEnricher is of the last values", async () => {
    expect(await play(rollingMeanEnricher, { windowSize: 2 }, [[0, 1], [1, 3], [1, 5]])).toEqual([1, 2, 4]);
  });

  it.each([
    ["RollingTimeWindowMeanEnricher", rollingTimeWindowMeanEnricher, { timePeriod: "10s" }],
    ["YamlRollingTimeWindowMeanEnricher", yamlRollingTimeWindowMeanEnricher, { "enricher.window.duration": "10s" }],
  ] as [string, AdjunctType, Record<string, Json>][])("%s waits for confidence, weighs by time, and settles", async (_name, type, config) => {
    await play(type, config, [[0, 10], [5_000, 20]]);
    expect(read(app, "result")).toBeUndefined();
    await harness.pass(3_000);
    expect(read(app, "result")).toBeCloseTo((5 * 10 + 3 * 20) / 8);
    await harness.pass(2_000);
    expect(read(app, "result")).toBeCloseTo(15);
    await harness.pass(5_000);
    expect(read(app, "result")).toBe(20);
  });
});

describe("HttpLatencyDetector", () => {
  it("publishes the seconds of the last request and their mean, from the URL in a sensor while the service is up", async () => {
    const asked: string[] = [];
    const latency = { ms: 250, fails: false };
    const world = new World({
      entityTypes: [widget],
      adjunctTypes: [
        httpLatencyDetectorOf(async (url, signal) => {
          asked.push(url);
          await world.clock.sleep(latency.ms, signal);
          if (latency.fails) throw new Error("refused");
        }),
      ],
    });
    const server = await world.open();
    const entity = server.plane.create(entitySpec(widget.name));
    entity.addAdjunct({ type: "brooklyn.enricher.HttpLatencyDetector", config: { urlSensor: "label", requireServiceUp: true, rollup: "10s", urlPostProcessing: '$brooklyn:function.regexReplacement("$", "/status")' } });
    await world.clock.advance(5_000);
    entity.set(LABEL, "http://a");
    expect(asked).toEqual([]);
    entity.set(SERVICE_UP, true);
    await world.clock.advance(2_000);
    expect(asked[0]).toBe("http://a/status");
    expect([read(entity, "web.request.latency.last"), read(entity, "web.request.latency.windowed")]).toEqual([0.25, 0.25]);
    latency.ms = 750;
    await world.clock.advance(20_000);
    expect(read(entity, "web.request.latency.windowed")).toBe(0.75);
    latency.fails = true;
    await world.clock.advance(4_000);
    expect(read(entity, "web.request.latency.last")).toBeUndefined();
    expect(entity.adjuncts[0]?.highlights.get("lastError")?.description).toBe("refused");
    const before = asked.length;
    for (const adjunct of [...entity.adjuncts]) entity.removeAdjunct(adjunct);
    await world.clock.advance(60_000);
    expect(asked.length).toBe(before);
    expect(entity.get(LOAD)).toBeUndefined();
  });
});
