import { beforeEach, describe, expect, it } from "vitest";
import { fakeManagement, type FakeManagement } from "../../test/support/fake-management.ts";
import type { Adjunct, AdjunctType } from "./adjunct.ts";
import { RESOLVE_TIMEOUT, type Settings, withSettings } from "./adjunct-settings.ts";
import { configKey } from "./config-key.ts";
import type { Entity } from "./entity.ts";
import { sensor } from "./sensor.ts";
import { setExpected } from "./service-state.ts";
import { entitySpec, type JsonObject } from "./spec.ts";
import { types } from "./types/index.ts";

const URL_KEY = configKey("test.url", types.string, "", { flag: "url", reconfigurable: true });
const LIMIT = configKey("test.limit", types.integer, "", { flag: "limit", reconfigurable: true, defaultValue: 5 });
const FIXED = configKey("test.fixed", types.string, "");
const OTHER = configKey("test.other", types.entity, "");
const URL_SENSOR = sensor("url", types.string, "");

let fake: FakeManagement;
let begun: Settings[];
let ended: number;
let entity: Entity;

const probe: AdjunctType = {
  name: "test.Probe",
  kind: "policy",
  displayName: "Probe",
  description: "",
  aliases: [],
  config: [URL_KEY, LIMIT, FIXED, OTHER],
  attach: (adjunct) =>
    withSettings(
      adjunct,
      (settings) => {
        begun.push(settings);
        return () => void ended++;
      },
      [FIXED],
    ),
};

beforeEach(() => {
  fake = fakeManagement({ adjunctTypes: [probe] });
  begun = [];
  ended = 0;
  entity = fake.plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication"));
});

const add = (config: JsonObject): Adjunct => entity.addAdjunct({ type: probe.name, config });

describe("withSettings", () => {
  it("begins at once when nothing is deferred, with flags under their keys' names and defaults", () => {
    const given = { url: "http://a" };
    const adjunct = add(given);
    expect([begun[0]?.get(URL_KEY), begun[0]?.get(LIMIT), adjunct.config]).toEqual(["http://a", 5, { "test.url": "http://a" }]);
    adjunct.reconfigure("limit", 6);
    expect([begun[0]?.get(LIMIT), given]).toEqual([6, { url: "http://a" }]);
  });

  it("begins when what it waits for is there, and leaves keys that are resolved later as they are", async () => {
    add({ url: '$brooklyn:attributeWhenReady("url")', "test.fixed": '$brooklyn:attributeWhenReady("never")' });
    await fake.clock.advance(1_000);
    expect(begun).toEqual([]);
    entity.set(URL_SENSOR, "http://b");
    await fake.clock.advance(0);
    expect([begun[0]?.get(URL_KEY), begun[0]?.get(FIXED)]).toEqual(["http://b", '$brooklyn:attributeWhenReady("never")']);
  });

  it("an attempt is bounded, its failure is noted, and a change of the entity's state brings another", async () => {
    const adjunct = add({ url: '$brooklyn:attributeWhenReady("url")' });
    await fake.clock.advance(RESOLVE_TIMEOUT);
    expect(adjunct.highlights.get("lastError")?.description).toContain("was not ready in 60 minutes");
    entity.set(URL_SENSOR, "http://c");
    await fake.clock.advance(RESOLVE_TIMEOUT);
    expect(begun).toEqual([]);
    setExpected(entity, "RUNNING");
    await fake.clock.advance(0);
    expect(begun[0]?.get(URL_KEY)).toBe("http://c");
  });

  it("one that is stopped while it waits never begins", async () => {
    const adjunct = add({ url: '$brooklyn:attributeWhenReady("url")' });
    await fake.clock.advance(0);
    adjunct.suspend();
    entity.set(URL_SENSOR, "http://d");
    await fake.clock.advance(1_000);
    expect([begun, ended]).toEqual([[], 0]);
    adjunct.resume();
    await fake.clock.advance(0);
    entity.removeAdjunct(adjunct);
    expect([begun.length, ended]).toEqual([1, 1]);
  });
});

describe("Entity.addAdjunct", () => {
  it("does not keep one that can't begin", () => {
    const broken: AdjunctType = { ...probe, name: "test.Broken", attach: () => { throw new Error("no"); } };
    fake = fakeManagement({ adjunctTypes: [broken] });
    entity = fake.plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication"));
    expect(() => entity.addAdjunct({ type: broken.name, config: {} })).toThrow("no");
    expect(entity.adjuncts).toEqual([]);
    expect(() => entity.addAdjunct({ type: broken.name, config: {} }, { id: "restored" })).toThrow("no");
    expect(entity.adjuncts.map((each) => each.highlights.get("lastError")?.description)).toEqual(["no"]);
  });
});

describe("Settings", () => {
  it.each([
    [{ limit: "many" }, 'Cannot read config "test.limit" of "Probe" on'],
    [{ "test.other": "nobody" }, 'there is no entity "nobody"'],
  ])("says what is wrong with %j", (config, message) => {
    add(config);
    expect(() => [begun[0]?.get(LIMIT), begun[0]?.entity(OTHER)]).toThrow(message);
  });

  it("an entity that is not set is the adjunct's own", () => {
    add({});
    expect(begun[0]?.entity(OTHER)).toBe(entity);
    expect(() => begun[0]?.require(URL_KEY)).toThrow('needs config "test.url"');
  });
});

describe("Adjunct.reconfigure", () => {
  it.each([
    ["limit", "many", /is not a whole number/],
    ["test.fixed", "x", /read when it starts/],
    ["nothing", 1, /has no config "nothing"/],
  ])("refuses %s = %j", (name, value, message) => {
    const adjunct = add({});
    expect(() => adjunct.reconfigure(name, value)).toThrow(message);
    expect(adjunct.config).toEqual({});
  });

  it("an expression is resolved by beginning anew; a change that is refused is taken back", async () => {
    const adjunct = add({ url: "http://a" });
    entity.set(URL_SENSOR, "http://e");
    adjunct.reconfigure("url", '$brooklyn:attributeWhenReady("url")');
    await fake.clock.advance(0);
    expect([ended, begun.at(-1)?.get(URL_KEY)]).toEqual([1, "http://e"]);
    adjunct.onReconfigured(() => {
      throw new Error("no");
    });
    expect(() => adjunct.reconfigure("limit", 9)).toThrow("no");
    expect(adjunct.config["test.limit"]).toBeUndefined();
  });
});
