import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { Catalog } from "../blueprint/catalog/index.ts";
import { examineBlueprint, parseYaml, readBlueprint } from "../blueprint/index.ts";
import { knownTypes } from "./known-types.ts";
import { LastParsed } from "./last-parsed.ts";
import { ServerTypes } from "./server-types.ts";

it("LastParsed gives what was parsed last, once, and only for its text", async () => {
  const last = new LastParsed();
  const document = await last.parse("a: 1");
  expect(last.take("a: 2")).toBeUndefined();
  expect(last.take("a: 1")).toBe(document);
  expect(last.take("a: 1")).toBeUndefined();
  await expect(last.parse("a: [")).rejects.toMatchObject({ code: "invalid-yaml" });
  expect(last.take("a: [")).toBeUndefined();
});

it("a document that was read once reads the same again: no reading changes it", () => {
  const types = new ServerTypes(knownTypes(), new Catalog());
  const folder = path.join(import.meta.dirname, "../../blueprints");
  const texts = readdirSync(folder).filter((name) => name.endsWith(".yaml")).map((name) => readFileSync(path.join(folder, name), "utf8"));
  texts.push(`
name: Every kind
services:
- type: org.apache.brooklyn.entity.group.DynamicCluster
  id: web
  brooklyn.config:
    cluster.initial.size: 2
    dynamiccluster.memberspec: { $brooklyn:entitySpec: { type: org.apache.brooklyn.entity.software.base.EmptySoftwareProcess, brooklyn.config: { shell.env: { A: $brooklyn:config("x") } } } }
  brooklyn.parameters: [{ name: x, type: integer, default: 1 }]
  brooklyn.policies: [{ type: org.apache.brooklyn.policy.ha.ServiceRestarter }]
  brooklyn.tags: [a]
`);
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) {
    const document = parseYaml(text);
    const value = structuredClone(document.value);
    const first = examineBlueprint(text, { types, document });
    expect(document.value).toEqual(value);
    const afresh = examineBlueprint(text, { types });
    expect(examineBlueprint(text, { types, document }).spec).toEqual(afresh.spec);
    expect(first.spec).toEqual(afresh.spec);
    if (first.problems.length === 0) readBlueprint(text, { types, document });
    expect(document.value).toEqual(value);
  }
});
