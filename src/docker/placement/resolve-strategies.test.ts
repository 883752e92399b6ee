import { describe, expect, test } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { resolveStrategies } from "./resolve-strategies.ts";
import { strategies } from "./strategies/index.ts";

const names = (value: unknown) => resolveStrategies(value).map((strategy) => strategy.name);
const described = (value: unknown, limits = {}) => resolveStrategies(value, limits).map((strategy) => strategy.describe());

function refusal(value: unknown, limits = {}): ClockerError {
  try {
    resolveStrategies(value, limits);
  } catch (error) {
    if (error instanceof ClockerError) return error;
  }
  throw new Error("Expected a ClockerError");
}

describe("resolveStrategies: names", () => {
  test.each([
    ["depth-first", "depth-first"],
    ["DepthFirst", "depth-first"],
    ["depth first", "depth-first"],
    ["DEPTH_FIRST", "depth-first"],
    ["DepthFirstPlacementStrategy", "depth-first"],
    ["brooklyn.location.docker.strategy.DepthFirstPlacementStrategy", "depth-first"],
    ["brooklyn.location.docker.strategy.BreadthFirstPlacementStrategy", "breadth-first"],
    ["brooklyn.location.docker.strategy.CpuUsagePlacementStrategy", "cpu-usage"],
    ["brooklyn.location.docker.strategy.DockerCpuUsagePlacementStrategy", "cpu-usage"],
    ["brooklyn.location.docker.strategy.LeastContainersPlacementStrategy", "least-containers"],
    ["clocker.docker.location.strategy.basic.RandomPlacementStrategy", "random"],
    ["clocker.docker.location.strategy.basic.LowestCpuUsagePlacementStrategy", "lowest-cpu-usage"],
    ["clocker.docker.location.strategy.MaxContainersPlacementStrategy", "max-containers"],
    ["clocker.docker.location.strategy.MaxCpuUsagePlacementStrategy", "max-cpu-usage"],
    ["CpuUsage", "cpu-usage"],
    [" lowest cpu ", "lowest-cpu-usage"],
  ])("takes %s", (written, name) => {
    expect(names(written)).toEqual([name]);
  });

  test("takes every strategy by its own name", () => {
    for (const name of Object.keys(strategies)) expect(names(name)).toEqual([name]);
  });

  test("takes a list with commas, in its order", () => {
    expect(names("MaxContainers, BreadthFirst,MaxCpuUsage")).toEqual(["max-containers", "breadth-first", "max-cpu-usage"]);
  });

  test("is empty for nothing", () => {
    for (const nothing of [undefined, null, "", "  ", []]) expect(names(nothing)).toEqual([]);
  });

  test("tells the known names and the nearest of an unknown one", () => {
    const error = refusal("MaxContaners");
    expect(error.code).toBe("invalid-value");
    expect(error.message).toBe(`Cannot use "MaxContaners" as a placement strategy: the known ones are ${Object.keys(strategies).join(", ")}`);
    expect(error.remedy).toContain("max-containers");
  });

  test("refuses a class of a package that never was Clocker's", () => {
    const error = refusal("com.example.DepthFirstPlacementStrategy");
    expect(error.code).toBe("invalid-value");
    expect(error.details.nearest).toBe("depth-first");
  });

  test.each(["constructor", "toString", "__proto__", "strategy", "."])("refuses %s", (name) => {
    expect(refusal(name).code).toBe("invalid-value");
  });
});

describe("resolveStrategies: configuration", () => {
  test("takes the sample blueprint docker-cloud-host.yaml as its YAML parses", () => {
    const chain = [
      { "$brooklyn:object": { type: "brooklyn.location.docker.strategy.MaxContainersPlacementStrategy", "brooklyn.config": { maxContainers: 12 } } },
      { "$brooklyn:object": { type: "brooklyn.location.docker.strategy.BreadthFirstPlacementStrategy" } },
      { "$brooklyn:object": { type: "brooklyn.location.docker.strategy.MaxCpuUsagePlacementStrategy", "brooklyn.config": { maxCpuUsage: 0.75 } } },
    ];
    expect(described(chain)).toEqual(["at most 12 containers on a host", "the hosts in turn", "CPU below 75%"]);
  });

  test("takes a map, its flags, its fields, and numbers as text", () => {
    expect(described({ type: "MaxContainers", maxContainers: 3 })).toEqual(["at most 3 containers on a host"]);
    expect(described({ type: "MaxContainers", "object.fields": { "docker.container.cluster.maxSize": "5" } })).toEqual(["at most 5 containers on a host"]);
    expect(described({ type: "max-cpu", "brooklyn.config": { "docker.container.cluster.maxCpu": 95 } })).toEqual(["CPU below 95%"]);
  });

  test("has Clocker's defaults", () => {
    expect(described("max-containers, max-cpu-usage, CpuUsage")).toEqual([
      "at most 8 containers on a host",
      "CPU below 50%",
      "the host with the lowest CPU usage below 95% first",
    ]);
  });

  test("lets the infrastructure's value win over the strategy's", () => {
    const limits = { maxContainers: 4, maxCpu: 0.6 };
    expect(described([{ type: "MaxContainers", maxContainers: 16 }, { type: "MaxCpuUsage", maxCpu: 0.9 }], limits)).toEqual(["at most 4 containers on a host", "CPU below 60%"]);
  });

  test("keeps a strategy that was resolved before", () => {
    const [strategy] = resolveStrategies("depth-first");
    expect(resolveStrategies([strategy])).toEqual([strategy]);
  });

  test.each([
    [{ type: "MaxContainers", maxContainers: 0 }, 'Cannot use 0 as maxContainers of the placement strategy "max-containers": expected a whole number of at least 1'],
    [{ type: "MaxContainers", maxContainers: "many" }, 'Cannot use "many" as maxContainers of the placement strategy "max-containers": expected a whole number of at least 1'],
    [{ type: "MaxCpuUsage", maxCpu: -1 }, 'Cannot use -1 as maxCpu of the placement strategy "max-cpu-usage": expected a fraction above 0 and up to 1, or a percentage up to 100'],
    [{ type: "DepthFirst", maxContainers: 4 }, 'Cannot configure "maxContainers" of the placement strategy "depth-first": it has no configuration'],
    [{ type: "MaxContainers", "brooklyn.config": "4" }, 'Cannot use "4" as brooklyn.config of a placement strategy: expected a map'],
    [{ maxContainers: 4 }, 'Cannot use {"maxContainers":4} as a placement strategy: expected a name such as "depth-first", or a map with "type"'],
    [{ "$brooklyn:object": "MaxContainers" }, 'Cannot use {"$brooklyn:object":"MaxContainers"} as a placement strategy: expected a name such as "depth-first", or a map with "type"'],
    [4, 'Cannot use 4 as a placement strategy: expected a name such as "depth-first", or a map with "type"'],
  ])("refuses %j", (value, message) => {
    const error = refusal(value);
    expect(error.code).toBe("invalid-value");
    expect(error.message).toBe(message);
  });

  test("names the nearest key of an unknown one", () => {
    expect(refusal({ type: "MaxContainers", maxContaners: 4 }).remedy).toContain("maxContainers");
  });

  test("refuses an infrastructure's limit that isn't one", () => {
    expect(refusal("MaxContainers", { maxContainers: 0 }).code).toBe("invalid-value");
  });
});
