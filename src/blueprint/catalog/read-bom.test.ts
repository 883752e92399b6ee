import { describe, expect, it } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { type BomOptions, readBom } from "./read-bom.ts";

async function failure(text: string, options: BomOptions = {}): Promise<string> {
  try {
    await readBom(text, options);
  } catch (error) {
    if (error instanceof ClockerError) return error.message;
    throw error;
  }
  return "was read";
}

describe("readBom", () => {
  it("reads bundle, items, and what they inherit", async () => {
    const bundle = await readBom(`
brooklyn.catalog:
  bundle: my.bundle
  version: 1.10
  itemType: entity
  iconUrl: base.png
  tags: [one]
  brooklyn.libraries: ["lib:1"]
  items:
  - id: a
    name: A
    description: An a
    tags: [two]
    item:
      type: vanilla # the base
      brooklyn.config:
        x: 1
  - id: b:2.0
    itemType: template
    deprecated: true
    iconUrl: b.png
    item: |
      services:
      - type: a
  - version: 3
    items:
    - id: c
      item: vanilla
    - id: d
      itemType: policy
      libraries: [{name: lib, version: 2.0}]
      item: {type: some.Policy}
`);
    expect(bundle).toMatchObject({ symbolicName: "my.bundle", version: "1.10", libraries: ["lib:1"], warnings: [] });
    expect(bundle.items).toMatchObject([
      { id: "a", version: "1.10", itemType: "entity", displayName: "A", description: "An a", iconUrl: "base.png", tags: ["one", "two"], libraries: ["lib:1"], plan: { type: "vanilla", "brooklyn.config": { x: 1 } }, bundle: "my.bundle:1.10", deprecated: false, disabled: false },
      { id: "b", version: "2.0", itemType: "template", iconUrl: "b.png", tags: ["one", "catalog_template"], plan: { services: [{ type: "a" }] }, planText: "services:\n- type: a\n", deprecated: true },
      { id: "c", version: "3", plan: { type: "vanilla" } },
      { id: "d", version: "3", itemType: "policy", libraries: ["lib:1", { name: "lib", version: "2.0" }] },
    ]);
    expect(bundle.items[0]?.planText).toBe("type: vanilla # the base\nbrooklyn.config:\n  x: 1\n");
  });

  it("reads the form with one item, and the old one with the plan beside the metadata", async () => {
    const one = await readBom("brooklyn.catalog:\n  id: x\n  item:\n    type: vanilla\n");
    expect(one.items).toMatchObject([{ id: "x", version: "0.0.0-SNAPSHOT", itemType: "entity" }]);
    const old = await readBom("brooklyn.catalog:\n  id: y\n  version: 1.0\nname: Why\nservices:\n- type: vanilla\n");
    expect(old.items).toMatchObject([{ id: "y", version: "1.0", displayName: "Why", plan: { name: "Why", services: [{ type: "vanilla" }] } }]);
    expect(old.items[0]?.planText).toBe("name: Why\nservices:\n  - type: vanilla\n");
  });

  it("a bundle without a name has the same one for the same text", async () => {
    const text = "brooklyn.catalog:\n  items: [{id: x, item: {type: vanilla}}]\n";
    const [first, second, other] = [await readBom(text), await readBom(text), await readBom(`${text}#`)];
    expect(first.symbolicName).toMatch(/^brooklyn-catalog-bom-[0-9a-f]{8}$/);
    expect(second.symbolicName).toBe(first.symbolicName);
    expect(other.symbolicName).not.toBe(first.symbolicName);
  });

  it("writes a plan anew when its own text would not stand alone", async () => {
    const bundle = await readBom("base: &b {x: 1}\nbrooklyn.catalog:\n  id: x\n  item: {type: vanilla, brooklyn.config: *b}\n");
    expect(bundle.items[0]?.planText).toBe("type: vanilla\nbrooklyn.config:\n  x: 1\n");
  });

  it("includes other bundles", async () => {
    const files: Record<string, string> = { "classpath://a.bom": "brooklyn.catalog:\n  items: [{id: inner, item: {type: vanilla}}]\n" };
    const load = async (url: string) => files[url] ?? "nothing";
    const text = "brooklyn.catalog:\n  bundle: o\n  version: 1.0\n  include: ['classpath://a.bom']\n  items: [{id: own, item: {type: vanilla}}]\n";
    expect((await readBom(text, { load })).items.map(({ id, version, bundle }) => [id, version, bundle])).toEqual([["inner", "1.0", "o:1.0"], ["own", "1.0", "o:1.0"]]);
    expect(await failure(text)).toContain('cannot open "classpath://a.bom"');
    const endless = "brooklyn.catalog: {include: [self]}";
    expect(await failure(endless, { load: async () => endless })).toContain("more than 10 deep");
  });

  it("finds out what an item is when it does not say", async () => {
    const bundle = await readBom("brooklyn.catalog:\n  items:\n  - {id: a, item: {services: [{type: x}]}}\n  - {id: b, item: {policyType: x}}\n  - {id: c, item: {type: my.Enricher}}\n", { kindOf: (type) => (type === "my.Enricher" ? "enricher" : undefined) });
    expect(bundle.items.map((item) => item.itemType)).toEqual(["entity", "policy", "enricher"]);
  });

  it("takes the id at its head for its name, and for an item that has none", async () => {
    const bundle = await readBom("brooklyn.catalog:\n  id: head\n  version: 2\n  items:\n  - {itemType: template, item: {services: [{type: x}]}}\n");
    expect(bundle).toMatchObject({ symbolicName: "head", items: [{ id: "head", version: "2", itemType: "template", bundle: "head:2" }] });
  });

  it("reads old items: their id and version in the plan, among others that only say where to look", async () => {
    const bundle = await readBom("brooklyn.catalog:\n  items:\n  - scanJavaAnnotations: true\n    libraries: ['classpath:/x.jar']\n  - item: {id: a, type: x, version: 2.0.test}\n  - version: 3\n    item: {id: b, type: x, version: 2.0}\n");
    expect(bundle.items.map(({ id, version }) => [id, version])).toEqual([["a", "2.0.test"], ["b", "3"]]);
    expect((await readBom("name: by-name\nbrooklyn.catalog: {version: 1}\nservices: [{type: x}]\n")).items.map(({ id, version }) => [id, version])).toEqual([["by-name", "1"]]);
  });

  it("includes one or several", async () => {
    const load = async (url: string) => `brooklyn.catalog:\n  items: [{id: '${url}', item: {type: x}}]\n`;
    expect((await readBom("brooklyn.catalog:\n  items:\n  - include: one\n  - include: [two, three]\n", { load })).items.map(({ id }) => id)).toEqual(["one", "two", "three"]);
  });

  it("may hold nothing", async () => {
    expect(await readBom("brooklyn.catalog: {bundle: b, version: 1}")).toMatchObject({ symbolicName: "b", items: [], warnings: [] });
    expect((await readBom("brooklyn.catalog: {id: x}")).warnings).toEqual(["The bundle defines no items"]);
  });

  it("takes an item by the URL of its blueprint", async () => {
    expect((await readBom("brooklyn.catalog: {id: x, itemType: entity, item: 'classpath://web.yaml'}")).items).toMatchObject([{ plan: { type: "classpath://web.yaml" } }]);
  });

  it("takes the only policy of an old plan for the item", async () => {
    const bundle = await readBom("brooklyn.catalog: {id: p}\nbrooklyn.policies:\n- {type: my.Policy, brooklyn.config: {a: 1}}\n");
    expect(bundle.items).toMatchObject([{ id: "p", itemType: "policy", plan: { type: "my.Policy", "brooklyn.config": { a: 1 } } }]);
  });

  it("warns of keys that it does not know", async () => expect((await readBom("brooklyn.catalog: {id: x, verison: 1, item: {type: a}}")).warnings).toEqual(['"verison" is not a key of brooklyn.catalog and is ignored: did you mean "version"?']));

  it.each([
    ["services: []", "No catalog meta data supplied. brooklyn.catalog must be specified at line 1, column 1"],
    ["brooklyn.catalog: x", "brooklyn.catalog must be a map at line 1, column 1"],
    ["brooklyn.catalog: {items: {a: 1}}", "items must be a list at line 1, column 20"],
    ["brooklyn.catalog: {items: [5]}", "each of the items must be a map or a URL at line 1, column 28"],
    ["brooklyn.catalog: {id: a, item: {services: [], type: x}}", "an item has either services or a type, not both at line 1, column 27"],
    ["brooklyn.catalog: {item: {type: x}}", "an item needs an id at line 1, column 1"],
    ["brooklyn.catalog: {id: 'a:1', version: 2, item: {type: x}}", 'the id "a:1" and the version "2" beside it contradict each other at line 1, column 20'],
    ["brooklyn.catalog: {id: a, itemType: thing, item: {type: x}}", 'unknown itemType "thing" at line 1, column 37'],
    ["brooklyn.catalog: {id: 'a:b:c', item: {type: x}}", '"a:b:c" is no id: letters, digits and . _ - are expected, and at most one ":" before a version at line 1, column 24'],
    ["brooklyn.catalog: {items: [{id: a, item: {type: x}}, {id: a, item: {type: y}}]}", 'the item "a:0.0.0-SNAPSHOT" is defined twice at line 1, column 55'],
    ["brooklyn.catalog: {id: a, item: 'x: [1'}", "the text of the plan does not parse: Invalid YAML: flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 6 at line 1, column 27"],
  ])("%s", async (text, message) => expect(await failure(text)).toBe(`Error in catalog bundle: ${message}`));
});
