import { describe, expect, it } from "vitest";
import { brooklynSpelling } from "./brooklyn-spelling.ts";
import { withCommandApart, withoutScopes } from "./scopes.ts";

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
    ["-o json catalog list", "catalog list -o json"],
    ["list entities --app Shop", "entity list --app Shop"],
    ["app Shop list sensors", "sensor --app Shop list"],
    ["ls apps", "app list"],
    ["list policies", "policy list"],
    ["list nonsense", "list nonsense"],
    ["add-catalog a.bom", "catalog add a.bom"],
    ["activity T activity", "activity T --children"],
    ["stdout T", "activity T stdout"],
    ["app Shop ent Web activity T stderr", "activity --app Shop --entity Web T stderr"],
    ["entity list --app Shop", "entity list --app Shop"],
    ["deploy app.yaml", "deploy app.yaml"],
    ["", ""],
  ])("%s → %s", (given, expected) => {
    expect(withoutScopes(given.split(" ").filter(Boolean)).join(" ")).toBe(expected);
  });
});

describe("withCommandApart", () => {
  it.each([
    ["exec web ls -l", "exec web -- ls -l"],
    ["exec -it web", "exec -it web"],
    ["exec web -it -- sh -c x", "exec web -it -- sh -c x"],
    ["exec -e A=b web -w /tmp env -i", "exec -e A=b web -w /tmp -- env -i"],
    ["exec --server=u web ls --help", "exec --server=u web -- ls --help"],
    ["exec --app Shop ls -l", "exec --app Shop -- ls -l"],
    ["logs web -f", "logs web -f"],
  ])("%s → %s", (given, expected) => {
    expect(withCommandApart(given.split(" ")).join(" ")).toBe(expected);
  });
});

describe("brooklynSpelling", () => {
  it.each([
    ["launch --bindAddress 0.0.0.0 --localBrooklynProperties f.properties", "launch --bind 0.0.0.0 --properties f.properties"],
    ["launch --persistenceDir=/x --highAvailability auto --noConsoleSecurity -l local", "launch --data-dir /x -l local"],
    ["launch --catalogInitial a.bom,b.bom --catalogAdd=c.bom --catalogReset --startupFailOnCatalogErrors", "launch --catalog-initial a.bom,b.bom --catalog-add c.bom --catalog-reset --fail-on-catalog-errors"],
    ["--json $.id --raw-output app Shop", "-o jsonpath=$.id app Shop"],
    ["-j $.id app Shop", "-o json=$.id app Shop"],
    ["--skipSslChecks app", "--insecure app"],
    ["app -j", "app -j"],
    ["deploy --bindAddress", "deploy --bindAddress"],
  ])("%s → %s", (given, expected) => {
    expect(brooklynSpelling(given.split(" ")).join(" ")).toBe(expected);
  });
});
