import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aHost, aRequest, someHosts } from "../../../../test/contract/placement-strategy.ts";
import { resolveStrategies } from "../resolve-strategies.ts";
import type { HostSnapshot, PlacementRequest } from "../types.ts";

function kept(strategy: unknown, hosts: readonly HostSnapshot[], request: PlacementRequest = aRequest()): string[] {
  return resolveStrategies(strategy).reduce((left, each) => each.filter(left, request).kept, [...hosts]).map(({ id }) => id);
}

function reasons(strategy: unknown, hosts: readonly HostSnapshot[]): string[] {
  return resolveStrategies(strategy).flatMap((each) => each.filter(hosts, aRequest()).dropped.map(({ host, reason }) => `${host.id}: ${reason}`));
}

const hostsWithCpu = (...cpus: (number | undefined)[]) => cpus.map((cpu, index) => aHost({ order: index + 1, cpu }));

describe("depth-first", () => {
  test("goes by creation", () => {
    expect(kept("depth-first", [aHost({ order: 3 }), aHost({ order: 1, containers: 3 }), aHost({ order: 2 })])).toEqual(["h1", "h2", "h3"]);
  });
});

describe("breadth-first", () => {
  test("starts at the first host", () => {
    expect(kept("breadth-first", [aHost({ order: 1 }), aHost({ order: 2 })])).toEqual(["h1", "h2"]);
  });

  test("goes round from the host that was used last", () => {
    const hosts = [aHost({ order: 1, lastPlaced: 4 }), aHost({ order: 2, lastPlaced: 5 }), aHost({ order: 3, lastPlaced: 3 })];
    expect(kept("breadth-first", hosts)).toEqual(["h3", "h1", "h2"]);
  });

  test("takes a new host into the round at once", () => {
    expect(kept("breadth-first", [aHost({ order: 1, lastPlaced: 1 }), aHost({ order: 2, lastPlaced: 2 }), aHost({ order: 3 })])[0]).toBe("h3");
  });
});

describe("lowest-cpu-usage", () => {
  test("puts hosts without a reading first, in the order they came", () => {
    expect(kept("lowest-cpu-usage", hostsWithCpu(0.4, undefined, 0, 0.1, Number.NaN))).toEqual(["h2", "h5", "h3", "h4", "h1"]);
  });

  test("has any cloud in ascending order of CPU, missing readings before all", () => {
    fc.assert(
      fc.property(someHosts(), (hosts) => {
        const order = kept("lowest-cpu-usage", hosts).map((id) => hosts.find((host) => host.id === id)?.cpu);
        const numbers = order.map((cpu) => (cpu === undefined || Number.isNaN(cpu) ? -1 : cpu));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("least-containers", () => {
  test("goes by containers, equal ones in the order they came", () => {
    expect(kept("least-containers", [2, 0, 1, 0].map((containers, index) => aHost({ order: index + 1, containers })))).toEqual(["h2", "h4", "h3", "h1"]);
  });
});

describe("max-containers", () => {
  const hosts = [3, 4, 5, 0].map((containers, index) => aHost({ order: index + 1, containers }));

  test("keeps hosts below the limit, and says how full the others are", () => {
    expect(kept({ type: "max-containers", maxContainers: 4 }, hosts)).toEqual(["h1", "h4"]);
    expect(reasons({ type: "max-containers", maxContainers: 4 }, hosts)).toEqual(["h2: 4 of 4 containers", "h3: 5 of 4 containers"]);
  });

  test("allows 8 when nothing is said", () => {
    expect(kept("max-containers", [aHost({ order: 1, containers: 8 }), aHost({ order: 2, containers: 7 })])).toEqual(["h2"]);
  });

  test("takes a host's own limit before all", () => {
    expect(kept({ type: "max-containers", maxContainers: 4 }, [aHost({ containers: 4, maxContainers: 6 })])).toEqual(["h1"]);
  });
});

describe("max-cpu-usage", () => {
  test("keeps hosts below the limit; one without a reading is dropped", () => {
    expect(kept("max-cpu-usage", hostsWithCpu(0.49, 0.5, undefined, 0.81))).toEqual(["h1"]);
    expect(reasons("max-cpu-usage", hostsWithCpu(0.49, 0.5, undefined, 0.814))).toEqual([
      "h2: CPU at 50% against a limit of 50%",
      "h3: no CPU reading yet for the limit of 50%",
      "h4: CPU at 81.4% against a limit of 50%",
    ]);
  });

  test("drops a host that isn't up, whatever its last reading", () => {
    expect(reasons("max-cpu-usage", [aHost({ cpu: 0.1, accepting: false, notAccepting: "on fire" })])).toEqual(["h1: not up, with a CPU limit of 50%"]);
  });

  test("keeps the order that earlier strategies gave", () => {
    expect(kept("depth-first, max-cpu-usage", hostsWithCpu(0.4, 0.1))).toEqual(["h1", "h2"]);
  });
});

describe("cpu-usage", () => {
  test("drops hosts at the ceiling and not those below (0.4.0 had it the wrong way round), and takes a missing reading for idle", () => {
    expect(kept("CpuUsage", hostsWithCpu(0.4, 0.95, 0.2, undefined))).toEqual(["h4", "h3", "h1"]);
    expect(reasons("CpuUsage", hostsWithCpu(0.4, 0.95))).toEqual(["h2: CPU at 95% against a limit of 95%"]);
  });
});

describe("random", () => {
  const hosts = Array.from({ length: 10 }, (_, index) => aHost({ order: index + 1 }));

  test("draws the same for the same entity", () => {
    expect(kept("random", hosts)).toEqual(kept("random", hosts.toReversed()));
  });

  test("spreads entities over the hosts", () => {
    const first = new Map<string, number>();
    for (let entity = 0; entity < 1000; entity++) {
      const [id = ""] = kept("random", hosts, aRequest({ entityId: `e${entity}` }));
      first.set(id, (first.get(id) ?? 0) + 1);
    }
    expect(first.size).toBe(10);
    for (const times of first.values()) expect(times).toBeGreaterThan(50);
  });
});
