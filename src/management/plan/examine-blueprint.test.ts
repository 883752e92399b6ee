import { describe, expect, it } from "vitest";
import { Catalog } from "../../blueprint/catalog/index.ts";
import { knownTypes } from "../known-types.ts";
import { ServerTypes } from "../server-types.ts";
import { examineBlueprint } from "../../blueprint/read-blueprint.ts";

const types = new ServerTypes(knownTypes(), new Catalog());

describe("examineBlueprint", () => {
  it("goes on after a fault: all are told, each with its place and remedy", () => {
    const { problems, warnings, spec } = examineBlueprint(`name: Shop
location: here
services:
- type: vanila
- type: server
  id: web
  start.timeout: soon
  brooklyn.config:
    shell.env: { DB: $brooklyn:component("dbb").attributeWhenReady("host.address") }
    other: $brooklyn:nothing()
  brooklyn.policies:
  - type: no.such.Policy
- type: brooklyn.entity.basic.BasicEntity
  id: db
  locaton: there
`, { types });
    expect(problems.map(({ code, details, remedy }) => [code, details["line"], remedy])).toEqual([
      ["unknown-type", 4, 'Did you mean "vanilla"?'],
      ["invalid-value", 7, undefined],
      ["invalid-blueprint", 10, expect.any(String)],
      ["unknown-type", 12, expect.any(String)],
    ]);
    expect(warnings.map(({ message, position, remedy }) => [position?.line, message, remedy])).toEqual([
      [13, '"brooklyn.entity.basic.BasicEntity" is an old name', 'Today it is "org.apache.brooklyn.entity.stock.BasicEntity"'],
      [15, '"locaton" is not a key of BasicEntity and is ignored', 'Did you mean "location"?'],
      [9, 'Nothing in the blueprint has the id "dbb", which "shell.env" names', 'Did you mean "db"?'],
    ]);
    expect(spec?.children.map((child) => child.planId)).toEqual(["web", "db"]);
  });

  it("has one problem where the text is no YAML", () => {
    const { problems, spec } = examineBlueprint("a: [", { types });
    expect([spec, problems.map(({ code }) => code)]).toEqual([undefined, ["invalid-yaml"]]);
  });
});
