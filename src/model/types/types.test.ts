import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoercionError, type ValueType } from "../value-type.ts";
import { PortRange, typeByName, types } from "./index.ts";

const all: Record<string, ValueType<unknown>> = {
  string: types.string,
  secret: types.secret,
  boolean: types.boolean,
  integer: types.integer,
  long: types.long,
  double: types.double,
  number: types.number,
  duration: types.duration,
  byteSize: types.byteSize,
  portRange: types.portRange,
  uri: types.uri,
  url: types.url,
  json: types.json,
  predicate: types.predicate,
  map: types.map(),
  mapOfDurations: types.map(types.duration),
  list: types.list(),
  listOfIntegers: types.list(types.integer),
  set: types.set(),
  setOfPorts: types.set(types.portRange),
  enumeration: types.enumOf("test.Colour", ["RED", "DARK_BLUE"]),
  lifecycle: types.lifecycle,
  transition: types.transition,
  timestamp: types.timestamp,
  className: types.className,
  entity: types.entity,
  entitySpec: types.entitySpec,
  sensorRef: types.sensorRef,
};

/** Text that is nearly of some type, so that the laws meet accepted values as well. */
const plausible = fc.oneof(
  fc.stringMatching(/^-? ?\d{1,4}(\.\d)?(ms|s|m|h|d|gb|k|\+|-\d{2,5})?( \d(s|m))?$/),
  fc.constantFrom("yes", "N", "forever", "never", "8080+", "80, 90", "dark-blue", "red", "on-fire", "[1,2]", '{"a":1}', "running @ 12 / x", "2014-06-18T10:00:00Z", "http://a/b", "a.b.C"),
  fc.integer(),
  fc.double(),
  fc.record({ type: fc.string(), config: fc.dictionary(fc.string(), fc.integer()), id: fc.string(), at: fc.nat(), state: fc.constantFrom("RUNNING", "x") }, { requiredKeys: [] }),
  fc.array(fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.constantFrom("5m", "8080+"))),
  fc.dictionary(fc.string(), fc.constantFrom("5m", 3, null)),
);
const anything = fc.oneof(plausible, fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSet: true, withTypedArray: true, withSparseArray: true, withBoxedValues: true }));

const REFUSED = Symbol("refused");

function coercedOrRefused(type: ValueType<unknown>, value: unknown): unknown {
  try {
    return type.coerce(value);
  } catch (error) {
    if (error instanceof CoercionError) return REFUSED;
    throw error;
  }
}

describe.each(Object.entries(all))("types.%s", (_name, type) => {
  it("coerce throws nothing but CoercionError, and coerce(toJson(v)) equals v", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const coerced = coercedOrRefused(type, value);
        const again = coerced === REFUSED ? REFUSED : type.coerce(type.toJson(coerced));
        expect(again).toEqual(coerced);
      }),
      { numRuns: 500 },
    );
  });
});

describe("types.duration", () => {
  it.each([
    ["500ms", 500], ["5m", 300_000], ["1m 30s", 90_000], ["1h30m", 5_400_000], ["2d", 172_800_000], ["900", 900], [900, 900], ["1.5s", 1_500], ["5 minutes", 300_000],
    ["forever", Infinity], ["PRACTICALLY_FOREVER", Infinity], ["never", -1], ["off", -1], [false, -1], ["- 1m 30s", -90_000], ["-1m 30s", -30_000],
  ])("reads %j as %d ms", (text, ms) => expect(types.duration.coerce(text)).toBe(ms));

  it.each([[90_000, "1m 30s"], [0, "0ms"], [86_400_001, "1d 1ms"], [-5_000, "-5s"], [-90_000, "- 1m 30s"], [Infinity, "forever"], [0.5, "0.5ms"]])("writes %d ms as %j", (ms, text) => expect(types.duration.toJson(ms)).toBe(text));

  it.each(["", "5 parsecs", "m", "5m 3", "1h,x", true, null, {}])("refuses %j", (value) => expect(() => types.duration.coerce(value)).toThrow(CoercionError));
});

describe("types.boolean", () => {
  it.each([["Yes", true], ["T", true], ["n", false], ["FALSE", false], [true, true]])("reads %j as %j", (text, value) => expect(types.boolean.coerce(text)).toBe(value));
  it.each(["1", 0, "on", "", null, "constructor"])("refuses %j, as Brooklyn does", (value) => expect(() => types.boolean.coerce(value)).toThrow(CoercionError));
});

describe("types.byteSize", () => {
  it.each([["512mb", 512 * 1024 ** 2], ["7g", 7 * 1024 ** 3], ["1gb", 1024 ** 3], [1024, 1024], ["1.5 KiB", 1536], ["64", 64]])("reads %j as %d bytes", (text, bytes) => expect(types.byteSize.coerce(text)).toBe(bytes));
  it.each(["-1g", "big", "1x", 1.5])("refuses %j", (value) => expect(() => types.byteSize.coerce(value)).toThrow(CoercionError));
});

describe("types.portRange", () => {
  it("gives candidates in the order written", () => {
    const range = types.portRange.coerce("80,8080-8082,65534+");
    expect([...range.candidates()]).toEqual([80, 8080, 8081, 8082, 65534, 65535]);
    expect(range.first).toBe(80);
    expect(range.contains(8081)).toBe(true);
    expect(range.contains(8083)).toBe(false);
    expect(range.toString()).toBe("80,8080-8082,65534+");
  });
  it("reads a number, a list, and a range that counts down", () => {
    expect([...types.portRange.coerce(8080).candidates()]).toEqual([8080]);
    expect(types.portRange.coerce([80, "8080+"]).toString()).toBe("80,8080+");
    expect([...types.portRange.coerce("82-80").candidates()]).toEqual([82, 81, 80]);
    expect(types.portRange.coerce(new PortRange([[1, 2]]))).toEqual(new PortRange([[1, 2]]));
  });
  it.each(["", "0", "70000", "80-", "a", [], -1, 8.5])("refuses %j", (value) => expect(() => types.portRange.coerce(value)).toThrow(CoercionError));
});

describe("types.list and types.set", () => {
  it("reads a comma string, JSON, and a single value", () => {
    expect(types.list().coerce("a, b")).toEqual(["a", "b"]);
    expect(types.list(types.integer).coerce("[1, 2]")).toEqual([1, 2]);
    expect(types.list(types.integer).coerce(5)).toEqual([5]);
    expect(types.list().coerce("")).toEqual([]);
  });
  it("keeps the first of equal items", () => expect(types.set().coerce(["http", "https", "http"])).toEqual(["http", "https"]));
  it("says what the items must be", () => expect(() => types.list(types.integer).coerce(["a"])).toThrow(/a list whose items are each a whole number/));
});

describe("types.map", () => {
  it("reads JSON in text", () => expect(types.map(types.integer).coerce('{"a": "1"}')).toEqual({ a: 1 }));
  it("keeps a key named __proto__ as data", () => {
    const map = types.map().coerce(JSON.parse('{"__proto__": {"x": 1}}'));
    expect(Object.keys(map)).toEqual(["__proto__"]);
    expect(Reflect.get({}, "x")).toBeUndefined();
  });
});

describe("types.enumOf", () => {
  const colour = types.enumOf("test.Colour", ["RED", "DARK_BLUE"]);
  it.each(["dark-blue", "DarkBlue", "DARK_BLUE"])("matches %j whatever its case and separators", (text) => expect(colour.coerce(text)).toBe("DARK_BLUE"));
  it("lists what is allowed", () => expect(() => colour.coerce("green")).toThrow('Cannot use "green": expected one of RED, DARK_BLUE'));
});

describe("types.transition", () => {
  it("writes and reads Brooklyn's form", () => {
    const shown = types.transition.toJson({ state: "ON_FIRE", at: 1_403_100_000_000 });
    expect(shown).toBe("on_fire @ 1403100000000 / Wed, 18 Jun 2014 14:00:00 GMT");
    expect(types.transition.coerce(shown)).toEqual({ state: "ON_FIRE", at: 1_403_100_000_000 });
  });
});

describe("types.secret", () => {
  it("does not tell the value in its error", () => expect(() => types.secret.coerce({ password: "hunter2" })).toThrow(/^(?!.*hunter2)/));
});

describe("typeByName", () => {
  it.each([
    ["string", "java.lang.String"], ["bool", "java.lang.Boolean"], ["int", "java.lang.Integer"], ["port", "org.apache.brooklyn.api.location.PortRange"], ["java.lang.Integer", "java.lang.Integer"],
    ["duration", "org.apache.brooklyn.util.time.Duration"], ["list<string>", "java.util.List"], ["map<string,int>", "java.util.Map"], ["Map<String, List<Integer>>", "java.util.Map"], ["set", "java.util.Set"],
  ])("knows %s", (name, java) => expect(typeByName(name)?.name).toBe(java));
  it("coerces the items of a generic type", () => expect(typeByName("map<string,list<int>>")?.coerce({ a: "1,2" })).toEqual({ a: [1, 2] }));
  it.each(["strnig", "list<nothing>", "list<", "map<string>", ""])("does not know %j", (name) => expect(typeByName(name)).toBeUndefined());
});
