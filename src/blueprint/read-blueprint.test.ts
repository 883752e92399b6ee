import fc from "fast-check";
import { stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { fakeTypes } from "../../test/corpus/fake-types.ts";
import { ClockerError } from "../model/errors.ts";
import type { EntitySpec } from "../model/spec.ts";
import { isEntitySpec } from "../model/types/index.ts";
import type { BlueprintTypes } from "./blueprint-types.ts";
import type { CatalogItem } from "./catalog/index.ts";
import { readBlueprint, readChildren, readConfig, readSpec } from "./read-blueprint.ts";

const BASIC_APPLICATION = "org.apache.brooklyn.entity.stock.BasicApplication";

function read(text: string, items: readonly CatalogItem[] = []): EntitySpec {
  return readBlueprint(text, { types: fakeTypes(items) }).spec;
}

function failure(text: string, items: readonly CatalogItem[] = [], types: BlueprintTypes = fakeTypes(items)): ClockerError {
  try {
    readBlueprint(text, { types });
  } catch (error) {
    if (error instanceof ClockerError) return error;
    throw error;
  }
  throw new Error("was read");
}

function item(id: string, plan: CatalogItem["plan"], rest: Partial<CatalogItem> = {}): CatalogItem {
  return { id, version: "1.0", itemType: "entity", displayName: undefined, description: undefined, iconUrl: undefined, plan, planText: "", bundle: "b:1.0", tags: [], libraries: [], deprecated: false, disabled: false, ...rest };
}

describe("readBlueprint, the root", () => {
  it("wraps services in a BasicApplication", () => {
    const spec = read("name: App\nid: app\nlocation: here\niconUrl: i.png\nbrooklyn.config: {x: 1}\nbrooklyn.tags: [t]\nservices:\n- type: vanilla\n- type: vanilla\n  id: b\n");
    expect(spec).toMatchObject({ type: BASIC_APPLICATION, displayName: "App", planId: "app", iconUrl: "i.png", locations: [{ spec: "here" }], config: { "brooklyn.wrapper_app": true, x: 1 }, tags: ["t"] });
    expect(spec.children.map((child) => child.planId)).toEqual([undefined, "b"]);
  });

  it("a single application stands for the whole, and takes what the root says", () => {
    const spec = read("name: Cloud\nlocation: here\nbrooklyn.config: {locationName: my-cloud}\nservices:\n- type: clocker.docker.entity.DockerInfrastructure\n  id: infra\n");
    expect(spec).toMatchObject({ type: "clocker.docker.entity.DockerInfrastructure", displayName: "Cloud", planId: "infra", locations: [{ spec: "here" }], config: { "entity.dynamicLocation.name": "my-cloud" } });
    expect(spec.config).not.toHaveProperty("brooklyn.wrapper_app");
  });

  it.each([
    ["wrappedApp", "wrappedApp: true\nservices: [{type: clocker.docker.entity.DockerInfrastructure}]"],
    ["two names", "name: a\nservices: [{type: clocker.docker.entity.DockerInfrastructure, name: b}]"],
    ["two locations", "location: a\nservices: [{type: clocker.docker.entity.DockerInfrastructure, location: b}]"],
    ["the same config", "brooklyn.config: {locationName: a}\nservices: [{type: clocker.docker.entity.DockerInfrastructure, entity.dynamicLocation.name: b}]"],
    ["policies on the root", "brooklyn.enrichers: [{type: org.apache.brooklyn.enricher.stock.Propagator}]\nservices: [{type: clocker.docker.entity.DockerInfrastructure}]"],
    ["no application", "services: [{type: vanilla}]"],
  ])("keeps the wrapper for %s", (_name, text) => expect(read(text)).toMatchObject({ type: BASIC_APPLICATION, config: { "brooklyn.wrapper_app": true } }));

  it("takes a plan that is one service without services around it", () => expect(read("type: vanilla\nid: a").children).toMatchObject([{ planId: "a" }]));
});

describe("readBlueprint, a service", () => {
  it.each(["serviceType", "service_type", "type", "(type)"])("names its type under %s", (key) => expect(read(`services:\n- ${key}: brooklyn.entity.webapp.tomcat.TomcatServer`).children[0]?.type).toBe("org.apache.brooklyn.entity.webapp.tomcat.TomcatServer"));
  it.each(["java:", "brooklyn:"])("takes the prefix %s", (prefix) => expect(read(`services: [{type: "${prefix}org.apache.brooklyn.entity.webapp.tomcat.TomcatServer"}]`).children).toHaveLength(1));

  it("finds flags and old names of keys on the service, in brooklyn.flags and in brooklyn.config, and keeps unknown ones of brooklyn.config alone, as Brooklyn does", () => {
    const { spec, warnings } = readBlueprint("services:\n- type: vanilla\n  launchCommand: run\n  launchComand: oops\n  brooklyn.flags: {version: 7.10, launchCommand: walk, noFlag: x}\n  brooklyn.config: {launch.latch: true, anonymous.key: x, env: {A: b}}\n", { types: fakeTypes() });
    expect(spec.children[0]?.config).toEqual({ "launch.command": "walk", "install.version": "7.10", "latch.launch": true, "anonymous.key": "x", "shell.env": { A: "b" } });
    expect(warnings).toMatchObject([
      { message: '"launchComand" is not a key of VanillaSoftwareProcess and is ignored', remedy: 'Did you mean "launchCommand"?', position: { line: 4, column: 3 } },
      { message: '"noFlag" is not a flag of VanillaSoftwareProcess and is ignored' },
    ]);
  });

  it("takes entries of a map that are given by themselves", () => {
    const { spec } = readBlueprint("services:\n- type: vanilla\n  shell.env.B: c\n  brooklyn.config: {shell.env: {A: b}, shell.env.D.E: f, no.such.key.x: 1}\n", { types: fakeTypes() });
    expect(spec.children[0]?.config).toEqual({ "shell.env": { A: "b", B: "c", "D.E": "f" }, "no.such.key.x": 1 });
  });

  it("takes tags of the root under their old name too", () => {
    expect(readBlueprint("tags: [old]\nbrooklyn.tags: [new]\nservices: [{type: vanilla}]\n", { types: fakeTypes() }).spec.tags).toEqual(["new", "old"]);
  });

  it("takes the name of a policy from its config", () => {
    const { spec } = readBlueprint("services:\n- type: vanilla\n  brooklyn.policies: [{type: org.apache.brooklyn.policy.ha.ServiceRestarter, brooklyn.config: {name: Rex}}]\n", { types: fakeTypes() });
    expect(spec.children[0]?.policies[0]?.name).toBe("Rex");
  });

  it("reads children, and parameters with their old names", () => {
    const spec = read("services:\n- type: vanilla\n  brooklyn.parameters:\n  - {name: app.size, type: integer, deprecatedNames: [oldSize], default: 3}\n  - just.name\n  brooklyn.config: {oldSize: 5}\n  brooklyn.children:\n  - type: vanilla\n    id: c\n");
    expect(spec.children[0]).toMatchObject({ config: { "app.size": 5 }, parameters: [{ name: "app.size", type: "integer", default: 3 }, { name: "just.name" }], children: [{ planId: "c" }] });
  });

  it("puts a default that is an expression into the config", () => {
    expect(read('services:\n- type: vanilla\n  brooklyn.parameters:\n  - {name: a, default: $brooklyn:config("b")}\n').children[0]?.config).toEqual({ a: '$brooklyn:config("b")' });
  });

  it("names it by defaultDisplayName, and by the id of the plan in config", () => {
    expect(read("services: [{type: vanilla, brooklyn.config: {defaultDisplayName: D, camp.plan.id: i}}]").children[0]).toMatchObject({ displayName: "D", planId: "i" });
  });
});

describe("readBlueprint, locations", () => {
  it.each([
    ["location: localhost", [{ spec: "localhost" }]],
    ["location: 'byon:(hosts=\"1.2.3.4,1.2.3.5\")'", [{ spec: 'byon:(hosts="1.2.3.4,1.2.3.5")' }]],
    ["location: {byon: {user: x, hosts: [a, b]}}", [{ spec: "byon", config: { user: "x", hosts: ["a", "b"] } }]],
    ["locations: [a, {jclouds:aws-ec2: {region: us-east-1}}, {b: null}]", [{ spec: "a" }, { spec: "jclouds:aws-ec2", config: { region: "us-east-1" } }, { spec: "b" }]],
    ["location: a\nlocations: [a]", [{ spec: "a" }]],
    ["locations: []", []],
  ])("%s", (text, locations) => expect(read(`${text}\nservices: [{type: vanilla}]`).locations).toEqual(locations));

  it("an unknown one is told when locations are known", () => {
    const error = failure("location: nowhere\nservices: [{type: vanilla}]", [], { ...fakeTypes(), knownLocation: ({ spec }) => spec === "here" });
    expect(error).toMatchObject({ code: "unknown-location", message: "Error in blueprint: Unknown location 'nowhere' at line 1, column 11" });
  });
});

describe("readBlueprint, policies and the like", () => {
  it("reads types under all spellings, and config under short keys", () => {
    const spec = read(
      'services:\n- type: cluster\n  brooklyn.policies:\n  - policyType: brooklyn.policy.autoscaling.AutoScalerPolicy\n    name: P\n    uniqueTag: t\n    brooklyn.config:\n      metric: $brooklyn:sensor("brooklyn.entity.webapp.DynamicWebAppCluster", "webapp.reqs.perSec.windowed.perNode")\n      metricLowerBound: 10\n      resizeUpStabilizationDelay: 2s\n  - type: brooklyn.policy.ha.ServiceFailureDetector\n    brooklyn.config: {serviceFailedStabilizationDelay: 30s}\n  brooklyn.initializers:\n  - type: brooklyn.entity.software.StaticSensor\n    brooklyn.config: {name: a, static.value: 5}\n',
    ).children[0];
    expect(spec?.policies).toEqual([
      {
        type: "org.apache.brooklyn.policy.autoscaling.AutoScalerPolicy",
        name: "P",
        uniqueTag: "t",
        config: { "autoscaler.metric": expect.stringContaining("$brooklyn:sensor"), "autoscaler.metricLowerBound": 10, "autoscaler.resizeUpStabilizationDelay": "2s" },
      },
    ]);
    expect(spec?.enrichers).toEqual([{ type: "org.apache.brooklyn.policy.ha.ServiceFailureDetector", config: { "entityFailed.stabilizationDelay": "30s" } }]);
    expect(spec?.initializers).toEqual([{ type: "org.apache.brooklyn.core.sensor.StaticSensor", config: { name: "a", "static.value": 5 } }]);
  });

  it("warns of config beside brooklyn.config", () => {
    const { warnings } = readBlueprint("services:\n- type: vanilla\n  brooklyn.policies:\n  - {type: org.apache.brooklyn.policy.ha.ServiceRestarter, metric: x}\n", { types: fakeTypes() });
    expect(warnings[0]?.message).toContain('"metric" is ignored');
  });
});

describe("readBlueprint, specs in config", () => {
  const member = { type: "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer", config: { "http.port": "8080+", "wars.root": '$brooklyn:config("x")' } };
  it.each([
    ["the map form", "memberSpec:\n      $brooklyn:entitySpec:\n        type: brooklyn.entity.webapp.tomcat.TomcatServer\n        brooklyn.config: {httpPort: 8080+, war: $brooklyn:config(\"x\")}"],
    ["a plain map", "memberSpec: {type: brooklyn.entity.webapp.tomcat.TomcatServer, httpPort: 8080+, war: $brooklyn:config(\"x\")}"],
    ["a list of one", "memberSpec: {$brooklyn:entitySpec: [{type: brooklyn.entity.webapp.tomcat.TomcatServer, httpPort: 8080+, war: $brooklyn:config(\"x\")}]}"],
  ])("reads %s at once", (_name, config) => {
    const spec = read(`services:\n- type: cluster\n  brooklyn.config:\n    ${config}\n`).children[0]?.config["dynamiccluster.memberspec"];
    expect(isEntitySpec(spec)).toBe(true);
    expect(spec).toMatchObject(member);
  });

  it.each(["memberSpec: vanilla", '"memberSpec": $brooklyn:entitySpec("vanilla")', "memberSpec: {$brooklyn:entitySpec: vanilla}"])("reads a bare type: %s", (config) =>
    expect(read(`services:\n- type: cluster\n  ${config}\n`).children[0]?.config["dynamiccluster.memberspec"]).toMatchObject({ type: "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess" }));

  it("finds them anywhere in config that no key declares", () => {
    expect(read("services:\n- type: vanilla\n  brooklyn.config:\n    any: [{deep: {$brooklyn:entitySpec: {type: vanilla}}}]\n").children[0]?.config["any"]).toMatchObject([{ deep: { type: "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess", children: [] } }]);
  });

  it("leaves one whose type is an expression for later", () => {
    const raw = { "$brooklyn:entitySpec": { type: '$brooklyn:config("t")' } };
    expect(read('services:\n- type: cluster\n  memberSpec: {$brooklyn:entitySpec: {type: "$brooklyn:config(\\"t\\")"}}\n').children[0]?.config["dynamiccluster.memberspec"]).toEqual(raw);
  });
});

describe("readBlueprint, docker: types", () => {
  it.each([
    ["docker:redis", { "docker.image.name": "redis", "docker.image.tag": "latest" }],
    ["docker:redis:2.8.19", { "docker.image.name": "redis", "docker.image.tag": "2.8.19" }],
    ["docker:jboss/wildfly:8.2.0.Final", { "docker.image.name": "jboss/wildfly", "docker.image.tag": "8.2.0.Final" }],
    ["docker:registry.example:5000/team/app:1", { "docker.image.name": "registry.example:5000/team/app", "docker.image.tag": "1" }],
    ["docker:registry.example:5000/app", { "docker.image.name": "registry.example:5000/app", "docker.image.tag": "latest" }],
    [`docker:app@sha256:${"a".repeat(64)}`, { "docker.image.name": `app@sha256:${"a".repeat(64)}` }],
  ])("%s", (type, config) => {
    expect(read(`services: [{type: "${type}", id: web}]`).children[0]).toMatchObject({ type: "clocker.docker.entity.container.application.VanillaDockerApplication", config: { ...config, "docker.container.name": "web" } });
  });
  it.each(["docker:", "docker:a b", "docker:UPPER", "docker:a:b:c"])("refuses %s", (type) => expect(failure(`services: [{type: "${type}"}]`).message).toContain(`"${type}" names no image`));
});

describe("readBlueprint, catalog items", () => {
  const base = item(
    "my-tomcat",
    { type: "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer", "brooklyn.parameters": [{ name: "p", type: "integer", default: 1 }], "brooklyn.config": { "shell.env": { A: "1", B: "1" }, "wars.root": "a.war" }, "brooklyn.children": [{ type: "vanilla", id: "in-item" }] },
    { displayName: "My Tomcat", iconUrl: "t.png" },
  );

  it("a service of an item takes its plan, and its own values win", () => {
    const child = read("services:\n- type: my-tomcat\n  p: 5\n  war: b.war\n  env: {B: 2, C: 3}\n  brooklyn.children: [{type: vanilla}]\n", [base]).children[0];
    expect(child).toMatchObject({
      type: "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer",
      catalogItemId: "my-tomcat:1.0",
      displayName: "My Tomcat",
      iconUrl: "t.png",
      config: { p: 5, "wars.root": "b.war", "shell.env": { A: "1", B: 2, C: 3 } },
      parameters: [{ name: "p", type: "integer", default: 1 }],
    });
    expect(child?.children.map(({ planId, catalogItemId }) => [planId, catalogItemId])).toEqual([["in-item", "my-tomcat:1.0"], [undefined, undefined]]);
    expect(child).not.toHaveProperty("typeName");
  });

  it("items are made of items; parameters add up, the outermost name is the default one", () => {
    const outer = item("outer", { type: "my-tomcat:1.0", "brooklyn.parameters": [{ name: "p", label: "P" }, { name: "q" }] }, { displayName: "Outer" });
    const child = read("services: [{type: outer}]", [base, outer]).children[0];
    expect(child).toMatchObject({ catalogItemId: "outer:1.0", displayName: "Outer", parameters: [{ name: "p", type: "integer", default: 1, label: "P" }, { name: "q" }], children: [{ catalogItemId: "outer:1.0" }] });
  });

  it("an item called like a type falls through to that type, and shows as it, under the old name too", () => {
    const name = "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer";
    const self = item(name, { type: name, "brooklyn.config": { "http.port": "8080+" } }, { displayName: "Tomcat 7 Server" });
    expect(read("services: [{serviceType: brooklyn.entity.webapp.tomcat.TomcatServer}]", [self]).children[0]).toMatchObject({ type: name, typeName: name, catalogItemId: `${name}:1.0`, displayName: "Tomcat 7 Server", config: { "http.port": "8080+" } });
  });

  it("a template with services becomes the application", () => {
    const template = item("cloud", { services: [{ type: "clocker.docker.entity.DockerInfrastructure", "brooklyn.config": { locationName: "x" } }], name: "Cloud" }, { itemType: "template" });
    expect(read("name: Mine\nservices: [{type: cloud}]", [template])).toMatchObject({ type: BASIC_APPLICATION, displayName: "Mine", children: [{ displayName: "Cloud" }] });
    expect(read("services: [{type: cloud}]", [template])).toMatchObject({ type: "clocker.docker.entity.DockerInfrastructure", displayName: "Cloud", catalogItemId: "cloud:1.0" });
  });

  it.each([
    ["a cycle", [item("a", { type: "b" }), item("b", { type: "a" })], "a", 'catalog item "a:1.0" is made from itself: a:1.0 → b:1.0 → a:1.0 in catalog item "b:1.0"'],
    ["ever more entities", Array.from({ length: 30 }, (_, i) => item(`a${i}`, { type: "vanilla", "brooklyn.children": [{ type: i === 29 ? "vanilla" : `a${i + 1}` }, { type: i === 29 ? "vanilla" : `a${i + 1}` }] })), "a0", 'it would make more than 20000 entities in catalog item "a28:1.0"'],
    ["a disabled one", [item("a", { type: "vanilla" }, { disabled: true })], "a", 'catalog item "a:1.0" is disabled at line 1, column 19'],
    ["a policy", [item("a", { type: "x" }, { itemType: "policy" })], "a", 'catalog item "a:1.0" is of kind policy and not an entity at line 1, column 19'],
    ["an unknown type in one", [item("a", { type: "nothing.at.All" })], "a", 'unknown type "nothing.at.All" in catalog item "a:1.0"'],
  ])("%s is told", (_name, items, type, message) => expect(failure(`services: [{type: ${type}}]`, items).message).toBe(`Error in blueprint: ${message}`));
});

describe("readBlueprint, faults", () => {
  it.each([
    ["", "it is empty", "invalid-blueprint"],
    ["- a", "a map with services is expected at line 1, column 1", "invalid-blueprint"],
    ["name: x", "the plan has no services at line 1, column 1", "invalid-blueprint"],
    ["services: {a: 1}", "Services block should be a list at line 1, column 1", "invalid-blueprint"],
    ["services: [a]", "Services list should have a map for each service at line 1, column 12", "invalid-blueprint"],
    ["services: [{name: x}]", "a service needs a type at line 1, column 12", "invalid-blueprint"],
    ["services:\n- type: vanilla\n  brooklyn.config: [a]", "brooklyn.config must be a map at line 3, column 3", "invalid-blueprint"],
    ["services:\n- type: vanilla\n  brooklyn.children: {a: 1}", "brooklyn.children must be a list at line 3, column 3", "invalid-blueprint"],
    ["services:\n- type: vanilla\n  brooklyn.policies: [a]", "each item of brooklyn.policies must be a map with a type at line 3, column 23", "invalid-blueprint"],
    ["services:\n- type: vanilla\n  location: {a: 1, b: 2}", "a location given as a map must have a single key, and its config as the value at line 3, column 3", "invalid-blueprint"],
    ["location: a\nlocations: [b]\nservices: [{type: vanilla}]", "location and locations are both given, and they differ at line 2, column 1", "invalid-blueprint"],
    ["services:\n- type: org.apache.brooklyn.core.entity.AbstractEntity", 'type "org.apache.brooklyn.core.entity.AbstractEntity" is only a base for others at line 2, column 9', "invalid-blueprint"],
    ["services:\n- type: brooklyn.policy.ha.ServiceRestarter", '"org.apache.brooklyn.policy.ha.ServiceRestarter" is a kind of policy and not of entity at line 2, column 9', "invalid-blueprint"],
    ["services:\n- type: brooklyn.entity.webapp.tomcat.TomcatServr", 'unknown type "brooklyn.entity.webapp.tomcat.TomcatServr" at line 2, column 9', "unknown-type"],
    ["services:\n- type: vanilla\n  brooklyn.policies: [{type: a.B}]", 'unknown policy "a.B" at line 3, column 30', "unknown-type"],
    ["services:\n- type: vanilla\n  start.timeout: soon", 'config "start.timeout" of "VanillaSoftwareProcess": "soon" is not a duration such as 500ms, 30s, 5m, 1m 30s or forever at line 3, column 18', "invalid-value"],
    ["services:\n- type: cluster\n  id: c\n  brooklyn.config:\n    initialSize: many", 'config "cluster.initial.size" of "c": "many" is not a whole number at line 5, column 18', "invalid-value"],
    ["services:\n- type: vanilla\n  some.secret: {a: hunter2}", 'config "some.secret" of "VanillaSoftwareProcess": its value is not text at line 3, column 16', "invalid-value"],
    ["services:\n- type: vanilla\n  brooklyn.config:\n    x: [{y: '$brooklyn:component(\"a\"'}]", 'Invalid expression "$brooklyn:component(\\"a\\"": ")" is missing at character 24 at line 4, column 13', "invalid-blueprint"],
    ["services:\n- type: vanilla\n  brooklyn.parameters: [{type: int}]", "an item of brooklyn.parameters needs a name at line 3, column 25", "invalid-blueprint"],
    ["services:\n- type: vanilla\n  brooklyn.parameters: [{name: a, type: int, default: x}]", 'the default of parameter "a": "x" is not a whole number at line 3, column 55', "invalid-value"],
    ["services:\n- type: vanilla\n  brooklyn.parameters: [{name: a, constraints: [requird]}]", 'unknown constraint "requird" of parameter "a" at line 3, column 49', "invalid-blueprint"],
  ])("%j", (text, message, code) => expect(failure(text)).toMatchObject({ code, message: `Error in blueprint: ${message}` }));

  it("a wrong value's details tell key, value, expected and place, and never a secret", () => {
    expect(failure("services:\n- type: vanilla\n  start.timeout: soon").details).toMatchObject({ key: "start.timeout", value: "soon", line: 3, column: 18, excerpt: "  start.timeout: soon\n                 ^" });
    expect(JSON.stringify(failure("services:\n- type: vanilla\n  some.secret: {a: hunter2}").details)).not.toContain("\"value\"");
  });

  it("an unknown type's remedy is never that name itself, nor a short name of a type that is not there", () => {
    expect(failure("services:\n- type: brooklyn-node").remedy).toBe("The catalog lists the types there are");
    expect(failure("services:\n- type: jav-app").remedy).toBe("The catalog lists the types there are");
    expect(failure("services:\n- type: basic-entity\n  brooklyn.policies: [{type: basic-entity}]").remedy).toBe("It goes under services, or under brooklyn.children");
    expect(failure("services:\n- type: vanila").remedy).toBe('Did you mean "vanilla"?');
  });
  it("an unknown type's remedy names the nearest", () => expect(failure("services:\n- type: brooklyn.entity.webapp.tomcat.TomcatServr").remedy).toBe('Did you mean "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer"?'));
});

describe("readBlueprint, constraints", () => {
  const withParameter = (constraints: string, config = "{}") => `services:\n- type: vanilla\n  id: s\n  brooklyn.parameters:\n  - name: p\n    constraints: ${constraints}\n  - name: q\n  brooklyn.config: ${config}\n`;
  it.each([
    ["required", "{}", "is required"],
    ["[{regex: '[a-z]+'}]", "{p: A1}", "must match [a-z]+"],
    ["['regex: [a-z]+']", "{p: A1}", "must match [a-z]+"],
    ["[{glob: '*.war'}]", "{p: a.zip}", "must match *.war"],
    ["[{requiredUnless: q}]", "{}", 'is required without "q"'],
    ["[{requiredIf: q}]", "{q: 1}", 'is required with "q"'],
    ["[{forbiddenIf: q}]", "{q: 1, p: 2}", 'must not be given with "q"'],
    ["[{requiredUnlessAnyOf: [q, r]}]", "{}", "is required without any of q, r"],
    ["[{any: [{regex: a}, {regex: b}]}]", "{p: c}", "must match a, or must match b"],
    ["[{equals: x}]", "{p: c}", 'must meet {"equals":"x"}'],
    ["[{any: [{equals: low}, {equals: high}]}]", "{p: c}", 'must meet {"equals":"low"}, or must meet {"equals":"high"}'],
  ])("%s with %s", (constraints, config, reason) => expect(failure(withParameter(constraints, config)).message).toBe(`Error in blueprint: config "p" of "s" ${reason} at line 2, column 3`));

  it.each([
    ["required", "{p: $brooklyn:self()}"],
    ["[{regex: '[a-z]+'}]", "{p: $brooklyn:self()}"],
    ["[{regex: '[a-z]+'}]", "{}"],
    ["[{requiredUnless: q}]", "{q: 1}"],
    ["Predicates.notNull()", "{p: x}"],
  ])("%s with %s is met", (constraints, config) => expect(read(withParameter(constraints, config)).children).toHaveLength(1));

  it("takes what is inherited", () => expect(read(`brooklyn.config: {p: x}\n${withParameter("required")}`).children).toHaveLength(1));
});

describe("readChildren", () => {
  it("gives the services without the application around them", () => {
    expect(readChildren("services:\n- {type: vanilla, id: a}\n- {type: vanilla, id: b}", { types: fakeTypes() }).specs.map((spec) => spec.planId)).toEqual(["a", "b"]);
    expect(readChildren("type: vanilla\nid: a", { types: fakeTypes() }).specs).toMatchObject([{ planId: "a" }]);
  });
  it("keeps a root that says more", () => expect(readChildren("brooklyn.config: {a: 1}\nservices: [{type: vanilla}]", { types: fakeTypes() }).specs).toMatchObject([{ type: BASIC_APPLICATION }]));
  it("required config may come from above", () => {
    const text = "type: vanilla\nbrooklyn.parameters: [{name: p, constraints: [required]}]";
    expect(() => readChildren(text, { types: fakeTypes() })).toThrow("is required");
    expect(readChildren(text, { types: fakeTypes(), inherits: (key) => key === "p" }).specs).toHaveLength(1);
  });
});

describe("readConfig and readSpec", () => {
  const types = fakeTypes();
  it("reads a value as a blueprint's", () => {
    const key = types.entityType("org.apache.brooklyn.entity.group.DynamicCluster")?.config.get("dynamiccluster.memberspec");
    expect(readConfig({ type: "vanilla", launchCommand: "x" }, key, { types, owner: "C" })).toMatchObject({ config: { "launch.command": "x" } });
    expect(() => readConfig("$brooklyn:nothing()", undefined, { types, owner: "C" })).toThrow('Unknown function "nothing"');
    expect(readSpec("vanilla", { types }).type).toBe("org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess");
  });
});

describe("readBlueprint, properties", () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('$brooklyn:component("a")', "$brooklyn:self()", "5m", "8080+"));
  const value = fc.letrec((tie) => ({ any: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie("any"), { maxLength: 3 }), fc.dictionary(fc.string(), tie("any"), { maxKeys: 3 })) })).any;
  const service = fc.record(
    { type: fc.constantFrom("vanilla", "cluster", "docker:redis", "brooklyn.entity.webapp.tomcat.TomcatServer", "x"), id: fc.string(), name: fc.string(), location: value, "brooklyn.config": fc.dictionary(fc.constantFrom("http.port", "memberSpec", "env", "x"), value), "brooklyn.children": fc.array(value), "brooklyn.policies": value, "brooklyn.parameters": value },
    { requiredKeys: ["type"] },
  );

  it("reading what a spec was read from again gives the same, and the spec is JSON", () => {
    fc.assert(
      fc.property(fc.array(service, { maxLength: 3 }), (services) => {
        const text = stringify({ services }, { aliasDuplicateObjects: false });
        const once = outcomeOf(text);
        expect(outcomeOf(stringify({ services }, { aliasDuplicateObjects: false, lineWidth: 20 }))).toEqual(once);
        expect(JSON.parse(JSON.stringify(once))).toEqual(once);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it("whatever the plan, only ClockerError leaves it", () => {
    fc.assert(fc.property(fc.oneof(value, fc.record({ services: fc.array(fc.oneof(service, value)) })), (plan) => void outcomeOf(stringify(plan))), { numRuns: 300 });
    expect.assertions(0);
  }, 60_000);

  it("large plans that are all mistakes stay bounded", () => {
    const large = (head: string, part: (i: number) => string) => head + Array.from({ length: 12_000 }, (_, i) => part(i)).join("");
    const texts = [
      large("services:\n- type: vanilla\n", (i) => `  launchComand${i}: 1\n`),
      large("services:\n", (i) => `- {type: vanilla, oops${i}: 1}\n`),
      large("services:\n- type: vanilla\n  brooklyn.config:\n", (i) => `    k${i}: $brooklyn:component("a").config("b")\n`),
      large("services:\n- type: vanilla\n  brooklyn.parameters:\n", (i) => `  - {name: p${i}, tpye: x}\n`),
      large("services: [{type: vanilla}]\n", (i) => `servces${i}: 1\n`),
      large('services: [{type: vanilla, x: "$brooklyn:formatString(', (i) => `${i},`),
      large('services: [{type: vanilla, x: {$brooklyn:chain: [', (i) => `a${i},`),
    ];
    for (const text of texts) expect(outcomeOf(text)).toBeDefined();
  }, 60_000);
});

/** The spec, or the error's message without its place. */
function outcomeOf(text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof ClockerError) return { code: error.code };
    throw error;
  }
}
