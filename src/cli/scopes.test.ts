import { describe, expect, it } from "vitest";
import { brooklynSpelling } from "./brooklyn-spelling.ts";
import { withoutScopes } from "./scopes.ts";

describe("withoutScopes", () => {
  it.each([
    ["app", "app"],
    ["app Shop", "app Shop"],
    ["app list", "app list"],
    ["app show Shop", "app show Shop"],
    ["app Shop -o json", "app Shop -o json"],
    ["app Shop entity", "entity --app Shop"],
    ["application Shop ent Web", "ent --app Shop Web"],
    ["app Shop entity Web entity", "entity --app Shop --entity Web"],
    ["app Shop entity Web entity Db", "entity --app Shop --entity Web Db"],
    ["a Shop e Web e Db sensor main.uri", "sensor --app Shop --entity Db main.uri"],
    ["app Shop sensor", "sensor --app Shop"],
    ["app Shop entity Web config a.b set 1", "config --app Shop --entity Web a.b set 1"],
    ["app Shop delete --wait", "delete --app Shop --wait"],
    ["--server http://x app Shop stop", "stop --app Shop --server http://x"],
    ["entity list --app Shop", "entity list --app Shop"],
    ["deploy app.yaml", "deploy app.yaml"],
    ["", ""],
  ])("%s → %s", (given, expected) => {
    expect(withoutScopes(given.split(" ").filter(Boolean)).join(" ")).toBe(expected);
  });
});

describe("brooklynSpelling", () => {
  it.each([
    ["launch --bindAddress 0.0.0.0 --localBrooklynProperties f.properties", "launch --bind 0.0.0.0 --properties f.properties"],
    ["launch --persistenceDir=/x --highAvailability auto --noConsoleSecurity -l local", "launch --data-dir /x -l local"],
    ["deploy --bindAddress", "deploy --bindAddress"],
  ])("%s → %s", (given, expected) => {
    expect(brooklynSpelling(given.split(" ")).join(" ")).toBe(expected);
  });
});
