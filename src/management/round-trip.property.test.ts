import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { blueprintOf } from "../../test/support/plan-of-spec.ts";
import { Catalog, readBom } from "../blueprint/catalog/index.ts";
import { readBlueprint } from "../blueprint/read-blueprint.ts";
import { ClockerError } from "../model/errors.ts";
import type { EntitySpec } from "../model/spec.ts";
import { isEntitySpec } from "../model/types/index.ts";
import { knownTypes } from "./known-types.ts";
import { ServerTypes } from "./server-types.ts";

/** Parse → spec → YAML → parse is stable: over the corpus, and over blueprints made at random of what the language has. */
const root = path.resolve(import.meta.dirname, "../..");
const corpus = path.join(root, "test/corpus/server");
const catalog = new Catalog();
for (const name of readdirSync(path.join(root, "catalog")).filter((each) => each.endsWith(".bom"))) catalog.add(await readBom(readFileSync(path.join(root, "catalog", name), "utf8"), { source: name }));
const types = new ServerTypes(knownTypes(), catalog);

/** The spec; undefined for a text that is refused. */
function read(text: string): EntitySpec | undefined {
  try {
    return readBlueprint(text, { types }).spec;
  } catch (error) {
    if (error instanceof ClockerError) return undefined;
    throw error;
  }
}

function again(spec: EntitySpec): EntitySpec | undefined {
  return read(stringify(blueprintOf(spec), { aliasDuplicateObjects: false }));
}

/** Without where it came from: the catalog's items are written out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !isEntitySpec(value) || (key !== "catalogItemId" && key !== "typeName"));
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each)]));
}

describe("a spec as YAML, read again, is the spec", () => {
  const files = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml")).sort();
  const specs = files.flatMap((name) => {
    const spec = read(readFileSync(path.join(corpus, name), "utf8"));
    return spec === undefined ? [] : [[name, spec] as const];
  });

  it("has blueprints to be tried on", () => expect(specs.length).toBeGreaterThan(150));

  it.each(specs)("%s", (_name, spec) => expect(plain(again(spec))).toEqual(plain(spec)));

  const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom("7.10", "true", "null", "~", "5m", "8080+", "a: b", "- x", "#", "$brooklyn:self()", '$brooklyn:component("a").config("b")', "*a", "&a", "'", '"', "\n", "é𝄞"));
  const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
  const value = fc.letrec((tie) => ({ any: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie("any"), { maxLength: 3 }), fc.dictionary(text, tie("any"), { maxKeys: 3 })) })).any;
  const config = fc.dictionary(fc.constantFrom("http.port", "env", "memberSpec", "launch.command", "x", "quorum.up", "start.timeout"), value, { maxKeys: 3 });
  const adjunct = fc.record({ type: fc.constantFrom("org.apache.brooklyn.policy.ha.ServiceRestarter", "brooklyn.policy.ha.ServiceReplacer"), name: text, id: text, uniqueTag: text, tags: fc.array(scalar, { maxLength: 2 }), "brooklyn.config": fc.dictionary(fc.constantFrom("setOnFireOnFailure", "x"), fc.oneof(fc.boolean(), text)) }, { requiredKeys: ["type"] });
  const service = fc.letrec((tie) => ({
    it: fc.record(
      {
        type: fc.constantFrom("vanilla", "cluster", "basic-entity", "server", "brooklyn.entity.basic.BasicStartable", "docker:redis:3", "brooklyn.entity.webapp.tomcat.TomcatServer"),
        id: text,
        name: text,
        location: fc.oneof(text, fc.dictionary(fc.constantFrom("byon", "localhost"), fc.dictionary(text, scalar), { minKeys: 1, maxKeys: 1 })),
        "brooklyn.config": config,
        "brooklyn.tags": fc.array(value, { maxLength: 2 }),
        "brooklyn.policies": fc.array(adjunct, { maxLength: 2 }),
        "brooklyn.parameters": fc.array(fc.oneof(text, fc.record({ name: text, type: fc.constantFrom("string", "integer", "port", "list<string>"), default: value, pinned: fc.boolean(), "inheritance.runtime": fc.constantFrom("never", "deep_merge", "overwrite") }, { requiredKeys: ["name"] })), { maxLength: 2 }),
        "brooklyn.children": fc.array(tie("it"), { maxLength: 2 }),
      },
      { requiredKeys: ["type"] },
    ),
  })).it;
  const blueprint = fc.record({ name: text, id: text, location: text, "brooklyn.config": config, services: fc.array(service, { maxLength: 3 }) }, { requiredKeys: ["services"] });

  it("made at random", () => {
    let tried = 0;
    fc.assert(
      fc.property(blueprint, (plan) => {
        const spec = read(stringify(plan, { aliasDuplicateObjects: false }));
        if (spec === undefined) return;
        tried++;
        expect(plain(again(spec))).toEqual(plain(spec));
      }),
      { numRuns: 400 },
    );
    expect(tried).toBeGreaterThan(20);
  }, 120_000);
});
