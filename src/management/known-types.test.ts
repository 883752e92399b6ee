import { describe, expect, it } from "vitest";
import { readBlueprint } from "../blueprint/index.ts";
import type { AdjunctType } from "../model/adjunct.ts";
import { defineEntityType } from "../model/entity-type.ts";
import type { AdjunctSpec } from "../model/spec.ts";
import { knownTypes } from "./known-types.ts";

const all: readonly AdjunctType[] = knownTypes().adjunctTypes();
const byName = new Map(all.flatMap((type) => [type.name, ...type.aliases].map((name) => [name, type] as const)));
const thing = defineEntityType({ name: "test.Thing", description: "" });

/** The policies and enrichers of the one service of a blueprint. */
function read(yaml: string): { policies: AdjunctSpec[]; enrichers: AdjunctSpec[] } {
  const types = { entityType: (name: string) => (name === thing.name || name.endsWith("BasicApplication") ? thing : undefined), adjunctType: (name: string) => byName.get(name), catalogItem: () => undefined, knownTypeNames: () => byName.keys() };
  const [child] = readBlueprint(`services:\n- type: test.Thing\n${yaml}`, { types }).spec.children;
  if (child === undefined) throw new Error("There is no service");
  return child;
}

describe("policies and enrichers in blueprints", () => {
  it("no two have a name in common, and no two keys of one", () => {
    expect(byName.size).toBe(all.flatMap((type) => [type.name, ...type.aliases]).length);
    for (const type of all) {
      const names = type.config.map((key) => key.name);
      expect([type.name, new Set(names).size]).toEqual([type.name, names.length]);
    }
  });

  it("defaults of keys are of their types", () => {
    const keys = all.flatMap((type) => type.config).filter((key) => key.defaultValue !== undefined);
    expect(keys.length).toBeGreaterThan(50);
    for (const key of keys) expect([key.name, key.type.toJson(key.type.coerce(key.type.toJson(key.defaultValue)))]).toEqual([key.name, key.type.toJson(key.defaultValue)]);
  });

  it.each([
    ["brooklyn.policy.autoscaling.AutoScalerPolicy", "policies"],
    ["brooklyn.policy.ha.ServiceRestarter", "policies"],
    ["brooklyn.policy.ha.ServiceReplacer", "policies"],
    ["brooklyn.policy.ha.ConnectionFailureDetector", "policies"],
    ["brooklyn.policy.ha.ServiceFailureDetector", "enrichers"],
    ["brooklyn.enricher.basic.Propagator", "enrichers"],
    ["brooklyn.enricher.basic.Aggregator", "enrichers"],
    ["brooklyn.enricher.RollingTimeWindowMeanEnricher", "enrichers"],
    ["brooklyn.enricher.HttpLatencyDetector", "enrichers"],
    ["org.apache.brooklyn.enricher.stock.reducer.Reducer", "enrichers"],
    ["brooklyn.entity.basic.ServiceStateLogic$ComputeServiceIndicatorsFromChildrenAndMembers", "enrichers"],
    ["org.apache.brooklyn.entity.group.GroupsChangePolicy", "policies"],
    ["org.apache.brooklyn.policy.InvokeEffectorOnSensorChange", "policies"],
  ] as const)("%s is one of the %s, wherever it stands", (name, kind) => {
    for (const [section, key] of [["policies", "policyType"], ["enrichers", "enricherType"]] as const) {
      const found = read(`  brooklyn.${section}:\n  - ${key}: ${name}\n`);
      expect(found[kind].map((spec) => byName.get(spec.type)?.name)).toEqual([byName.get(name)?.name]);
    }
  });

  it("takes the flags of 2014", () => {
    const { policies, enrichers } = read(
      [
        "  brooklyn.policies:",
        "  - policyType: brooklyn.policy.autoscaling.AutoScalerPolicy",
        "    brooklyn.config:",
        '      metric: $brooklyn:sensor("brooklyn.entity.webapp.DynamicWebAppCluster", "webapp.reqs.perSec.windowed.perNode")',
        "      metricLowerBound: 10",
        "      metricUpperBound: 100",
        "      maxPoolSize: 5",
        "  - policyType: brooklyn.policy.ha.ServiceFailureDetector",
        "    brooklyn.config: {serviceFailedStabilizationDelay: 5s}",
        "",
      ].join("\n"),
    );
    expect(Object.keys(policies[0]?.config ?? {})).toEqual(["autoscaler.metric", "autoscaler.metricLowerBound", "autoscaler.metricUpperBound", "autoscaler.maxPoolSize"]);
    expect(enrichers[0]?.config).toEqual({ "entityFailed.stabilizationDelay": "5s" });
  });
});
