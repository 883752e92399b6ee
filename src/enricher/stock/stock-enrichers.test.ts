import { beforeEach, describe, expect, it, test } from "vitest";
import { AdjunctHarness, callsOf, COUNT, LABEL, LOAD, pool, read, run } from "../../../test/support/adjunct-harness.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_STATE, SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { setExpected } from "../../model/service-state.ts";
import type { Json } from "../../model/spec.ts";
import { enricherTypes } from "../index.ts";
import { aggregator } from "./aggregator.ts";
import { combiner } from "./combiner.ts";
import { joiner } from "./joiner.ts";
import { mapAggregator } from "./map-aggregator.ts";
import { percentageEnricher } from "./percentage.ts";
import { propagateToMembers } from "./propagate-to-members.ts";
import { propagator } from "./propagator.ts";
import { reducer } from "./reducer.ts";
import { computeServiceIndicators } from "./service-indicators.ts";
import { transformer } from "./transformer.ts";
import { updatingMap } from "./updating-map.ts";

let harness: AdjunctHarness;
let app: Entity;
let source: Entity;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
  app = harness.make("app", { spec: { planId: "app" } });
  source = harness.make("source", { parent: app, spec: { planId: "source" } });
});

const component = (id: string): Json => `$brooklyn:component("${id}")`;
const sensorNamed = (name: string): Json => `$brooklyn:sensor("${name}")`;

test("every enricher has one name and no alias of another", () => {
  const names = enricherTypes.flatMap((type) => [type.name, ...type.aliases]);
  expect(new Set(names).size).toBe(names.length);
});

describe("Propagator", () => {
  it("copies the sensors that it is told, now and as they change, with the source's type", async () => {
    source.set(LOAD, 1);
    harness.add(app, propagator, { "enricher.producer": component("source"), "enricher.propagating.inclusions": [sensorNamed("load"), "label"] });
    await harness.pass(0);
    source.set(LABEL, "x");
    source.set(COUNT, 3);
    expect([read(app, "load"), read(app, "label"), read(app, "count")]).toEqual([1, "x", undefined]);
    source.set(LOAD, undefined);
    expect(read(app, "load")).toBeUndefined();
  });

  it("copies under other names", () => {
    harness.add(app, propagator, { producer: source.id, sensorMapping: { load: "main.load" } });
    source.set(LOAD, 2);
    expect(read(app, "main.load")).toBe(2);
    expect(app.sensor("main.load")?.type).toBe(LOAD.type);
  });

  it("propagatingAll copies service sensors too; propagatingAllBut leaves out", () => {
    harness.add(app, propagator, { producer: source.id, propagatingAllBut: ["count"] });
    source.set(COUNT, 1);
    source.set(SERVICE_UP, true);
    expect([read(app, "count"), read(app, "service.isUp")]).toEqual([undefined, true]);
  });

  it.each([
    [{}, /nothing to copy/],
    [{ propagatingAll: true }, /to themselves/],
    [{ propagating: ["load"] }, /to themselves/],
    [{ producer: "SOURCE", propagatingAll: true, propagating: ["load"] }, /at once/],
    [{ producer: "nobody", propagating: ["load"] }, /no entity "nobody"/],
  ] as const)("refuses %j", (config, message) => {
    const given = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, value === "SOURCE" ? source.id : (value as Json)]));
    expect(() => harness.add(app, propagator, given)).toThrow(message);
  });

  it("ends with its removal", () => {
    const adjunct = harness.add(app, propagator, { producer: source.id, propagating: ["load"] });
    app.removeAdjunct(adjunct);
    source.set(LOAD, 2);
    expect(read(app, "load")).toBeUndefined();
  });
});

describe("Aggregator", () => {
  const loads = (...values: (number | undefined)[]): Entity => {
    const group = harness.make("group", { type: pool, parent: app });
    for (const value of values) {
      const member = harness.make("member", { parent: app });
      if (value !== undefined) member.set(LOAD, value);
      group.addMember(member);
    }
    return group;
  };

  it.each([
    ["sum", 6],
    ["average", 3],
    ["MIN", 2],
    ["max", 4],
    ["first", 2],
    ["list", [2, 4, null]],
  ])("%s of the members' values", (transformation, expected) => {
    const group = loads(2, 4, undefined);
    harness.add(group, aggregator, { "enricher.sourceSensor": "load", "enricher.targetSensor": "all", transformation });
    expect(read(group, "all")).toEqual(expected);
  });

  it("follows members and their values", () => {
    const group = loads(1);
    harness.add(group, aggregator, { sourceSensor: "load", targetSensor: "all", transformation: "sum" });
    const late = harness.make("late", { parent: app });
    group.addMember(late);
    late.set(LOAD, 5);
    expect(read(group, "all")).toBe(6);
    group.removeMember(late);
    late.set(LOAD, 7);
    expect(read(group, "all")).toBe(1);
    expect(late.isManaged).toBe(true);
  });

  it("reads children where there are no members, and those named", () => {
    source.set(LOAD, 3);
    harness.add(app, aggregator, { sourceSensor: "load", targetSensor: "children", transformation: "sum" });
    harness.add(source, aggregator, { sourceSensor: "load", targetSensor: "named", transformation: "sum", fromHardcodedProducers: [source.id] });
    const other = harness.make("other", { parent: app });
    other.set(LOAD, 4);
    expect([read(app, "children"), read(source, "named")]).toEqual([7, 3]);
  });

  it("excludes what is blank, takes a value for those without, and filters values", () => {
    const group = loads(1, undefined, 9);
    harness.add(group, aggregator, { sourceSensor: "load", targetSensor: "some", excludeBlank: true });
    harness.add(group, aggregator, { sourceSensor: "load", targetSensor: "filled", "enricher.defaultMemberValue": 5 });
    harness.add(group, aggregator, { sourceSensor: "load", targetSensor: "small", valueFilter: { "less-than": 5 } });
    expect([read(group, "some"), read(group, "filled"), read(group, "small")]).toEqual([[1, 9], [1, 5, 9], [1]]);
  });

  it("reads only entities that the filter accepts", () => {
    source.set(LOAD, 3);
    harness.make("hidden", { parent: app }).set(LOAD, 4);
    harness.add(app, aggregator, { sourceSensor: "load", targetSensor: "all", transformation: "sum", entityFilter: { sensor: "load", "less-than": 4 } });
    expect(read(app, "all")).toBe(3);
  });

  it.each([
    ["all", 1, false],
    ["atLeastOne", 1, true],
    ["[[0,0],[4,1]]", 1, true],
  ])("isQuorate with %s", (check, up, expected) => {
    const group = loads(1, 1);
    [...group.members.values()].slice(0, up).forEach((member) => member.set(SERVICE_UP, true));
    harness.add(group, aggregator, { sourceSensor: "service.isUp", targetSensor: "quorate", transformation: "isQuorate", "quorum.check.type": check });
    expect(read(group, "quorate")).toBe(expected);
  });

  it("of no numbers at all publishes nothing", () => {
    const group = loads(undefined);
    harness.add(group, aggregator, { sourceSensor: "load", targetSensor: "all", transformation: "average" });
    expect(read(group, "all")).toBeUndefined();
  });

  it("refuses an unknown transformation", () => {
    expect(() => harness.add(app, aggregator, { sourceSensor: "load", targetSensor: "all", transformation: "median" })).toThrow(/"median" is not one of list, average/);
  });
});

describe("Transformer", () => {
  it("resolves its target again at every trigger", async () => {
    harness.add(app, transformer, {
      "enricher.triggerSensors": ["load", "label"],
      "enricher.targetSensor": "text",
      "enricher.targetValue": '$brooklyn:formatString("%s/%s", attributeWhenReady("label"), attributeWhenReady("load"))',
    });
    app.set(LABEL, "a");
    await harness.pass(0);
    expect(read(app, "text")).toBeUndefined();
    app.set(LOAD, 1.5);
    await harness.pass(0);
    expect(read(app, "text")).toBe("a/1.5");
    app.set(LABEL, "b");
    await harness.pass(0);
    expect(read(app, "text")).toBe("b/1.5");
  });

  it.each([
    ['$brooklyn:function.regexReplacement("a+", "b")', "caat", "cbt"],
    [{ "$brooklyn:object": { type: "org.apache.brooklyn.util.text.StringFunctions", "factoryMethod.name": "append", "factoryMethod.args": ["!"] } }, "hi", "hi!"],
    [{ "$brooklyn:object": { type: "org.apache.brooklyn.util.math.MathFunctions", "factoryMethod.name": "times", "factoryMethod.args": [2] } }, "4", 8],
    [{ "$brooklyn:literal": { on: "running" } }, "on", "running"],
  ] as [Json, string, Json][])("applies %j", async (transformation, value, expected) => {
    app.set(LABEL, value);
    harness.add(app, transformer, { sourceSensor: "label", targetSensor: "result", transformation });
    await harness.pass(0);
    expect(read(app, "result")).toEqual(expected);
  });

  it("publishes a fixed value, of the wanted type", () => {
    harness.add(app, transformer, { targetSensor: "limit", targetValue: "5", targetType: "integer" });
    harness.add(app, transformer, { targetSensor: "once", targetValue: "x", triggerSensors: ["load"] });
    expect(read(app, "once")).toBeUndefined();
    app.set(LOAD, 1);
    expect(app.sensor("limit")?.type.name).toBe("java.lang.Integer");
  });

  it("does not compute a sensor from itself unless that is allowed, and then once for a change", async () => {
    const plusOne = { "$brooklyn:object": { type: "MathFunctions", "factoryMethod.name": "plus", "factoryMethod.args": [1] } };
    expect(() => harness.add(app, transformer, { sourceSensor: "load", targetSensor: "load", targetValue: 1 })).toThrow(/computed from itself/);
    harness.add(app, transformer, { sourceSensor: "load", targetSensor: "load", transformation: plusOne, allowCyclicPublishing: true });
    await harness.pass(0);
    app.set(LOAD, 1);
    expect(read(app, "load")).toBe(2);
  });

  it("notes what goes wrong and goes on", async () => {
    const adjunct = harness.add(app, transformer, { triggerSensors: ["load"], targetSensor: "x", targetValue: '$brooklyn:component("nobody").attributeWhenReady("load")' });
    app.set(LOAD, 1);
    await harness.pass(0);
    expect(adjunct.highlights.get("lastError")?.description).toContain("No entity matching id 'nobody'");
  });
});

describe("Combiner, Reducer, Joiner, UpdatingMap, MapAggregator, PercentageEnricher, PropagateToMembers", () => {
  it("Combiner makes one of several", () => {
    harness.add(app, combiner, { sourceSensors: ["load", "count"], targetSensor: "sum", transformation: "sum" });
    app.set(LOAD, 1.5);
    app.set(COUNT, 2);
    expect(read(app, "sum")).toBe(3.5);
  });

  it.each([
    [{ transformation: "joiner", parameters: { separator: "-" } }, "a-2"],
    [{ "enricher.reducerFunction.transformation": "formatString", "enricher.reducerFunction.parameters": { format: "%s is %s" } }, "a is 2"],
  ])("Reducer with %j", (config, expected) => {
    app.set(LABEL, "a");
    app.set(COUNT, 2);
    harness.add(app, reducer, { sourceSensors: ["label", "count"], targetSensor: "text", ...config });
    expect(read(app, "text")).toBe(expected);
  });

  it.each([
    [{}, ["a", 'b"$x'], String.raw`"a","b\"\$x"`],
    [{ quote: false, separator: ";" }, ["a", null, 2], "a;2"],
    [{ quote: false, joinMapEntries: true, keyValueSeparator: ":" }, { a: 1, b: 2 }, "a:1,b:2"],
    [{ quote: false }, { a: 1, b: 2 }, "1,2"],
    [{ quote: false, maximum: 1 }, ["a", "b"], "a"],
    [{ quote: false, minimum: 3 }, ["a", "b"], undefined],
  ] as [Record<string, Json>, Json, string | undefined][])("Joiner with %j of %j", (config, value, expected) => {
    harness.add(app, joiner, { sourceSensor: "list", targetSensor: "joined", ...config });
    app.set({ name: "list", type: LABEL.type, description: "", transient: false } as never, value as never);
    expect(read(app, "joined")).toBe(expected);
  });

  it("UpdatingMap into service.notUp.indicators makes the service down and up again", () => {
    setExpected(app, "RUNNING");
    expect(app.get(SERVICE_UP)).toBe(true);
    harness.add(app, updatingMap, { sourceSensor: "label", targetSensor: SERVICE_NOT_UP_INDICATORS.name, key: "db", computing: { down: "the database is down" } });
    app.set(LABEL, "down");
    expect([app.get(SERVICE_UP), app.get(SERVICE_STATE), app.get(SERVICE_NOT_UP_INDICATORS)]).toEqual([false, "ON_FIRE", { db: "the database is down" }]);
    app.set(LABEL, "fine");
    expect([app.get(SERVICE_UP), app.get(SERVICE_STATE)]).toEqual([true, "RUNNING"]);
  });

  it("MapAggregator has an entry of each child that has both", () => {
    source.set(LABEL, "a");
    source.set(COUNT, 1);
    harness.make("other", { parent: app }).set(LABEL, "b");
    harness.add(app, mapAggregator, { keySensor: "label", valueSensor: "count", targetSensor: "map" });
    expect(read(app, "map")).toEqual({ a: 1 });
  });

  it("PercentageEnricher is at most 1 and needs a whole", () => {
    harness.add(app, percentageEnricher, { sourceCurrentSensor: "load", sourceTotalSensor: "count", targetSensor: "share" });
    app.set(LOAD, 3);
    app.set(COUNT, 0);
    expect(read(app, "share")).toBeUndefined();
    app.set(COUNT, 4);
    expect(read(app, "share")).toBe(0.75);
    app.set(LOAD, 9);
    expect(read(app, "share")).toBe(1);
  });

  it("PropagateToMembers gives new members the value too", () => {
    const group = harness.make("group", { type: pool, parent: app });
    harness.add(group, propagateToMembers, { propagating: ["load"] });
    group.addMember(source);
    group.set(LOAD, 4);
    const late = harness.make("late", { parent: app });
    group.addMember(late);
    expect([read(source, "load"), read(late, "load")]).toEqual([4, 4]);
  });
});

describe("ComputeServiceIndicatorsFromChildrenAndMembers", () => {
  it("is up by the quorum of the blueprint, and leaves out those that stop", () => {
    const group = harness.make("group", { type: pool, parent: app });
    const members = [1, 2, 3].map((each) => harness.make(`m${each}`, { parent: app }));
    members.forEach((member) => group.addMember(member));
    members.forEach(run);
    setExpected(group, "RUNNING");
    harness.add(group, computeServiceIndicators, { "quorum.up": "[[0,1],[2,2]]" });
    expect(group.get(SERVICE_UP)).toBe(true);
    const [first] = members;
    if (first === undefined) throw new Error("no member");
    first.set(SERVICE_UP, false);
    expect(group.get(SERVICE_UP)).toBe(false);
    setExpected(first, "STOPPED");
    expect(group.get(SERVICE_UP)).toBe(true);
    expect(callsOf(group).made).toEqual([]);
  });
});
