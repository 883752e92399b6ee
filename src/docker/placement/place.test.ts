import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aHost, aRequest, someHosts, someRequest } from "../../../test/contract/placement-strategy.ts";
import { MOST_CANDIDATES } from "./decide.ts";
import { refusals } from "./explain.ts";
import { place } from "./place.ts";
import { resolveStrategies } from "./resolve-strategies.ts";
import { strategies } from "./strategies/index.ts";
import type { PlacementStrategy } from "./strategy.ts";
import type { Decision, HostSnapshot, PlacementRequest } from "./types.ts";

function placeBy(hosts: readonly HostSnapshot[], infrastructure: unknown, entity: unknown = [], request: PlacementRequest = aRequest()): Decision {
  return place({ hosts, request, infrastructureChain: resolveStrategies(infrastructure), entityChain: resolveStrategies(entity), at: 7 });
}

describe("place: the decision", () => {
  test("chooses the first that is left, and says of each host why", () => {
    const hosts = [
      aHost({ order: 1, containers: 4 }),
      aHost({ order: 2, accepting: false, notAccepting: "draining" }),
      aHost({ order: 3, containers: 1, lastPlaced: 5 }),
      aHost({ order: 4, containers: 2, lastPlaced: 3 }),
    ];
    expect(placeBy(hosts, [{ type: "MaxContainers", maxContainers: 4 }, "BreadthFirst"])).toEqual({
      host: "h4",
      hostName: "host-4",
      hosts: 4,
      kept: 2,
      candidates: [
        { hostId: "h4", hostName: "host-4", kept: true, by: "breadth-first", reason: "2 of 4 containers; used last by placement 3", rank: 1 },
        { hostId: "h3", hostName: "host-3", kept: true, by: "breadth-first", reason: "1 of 4 containers; used last by placement 5", rank: 2 },
        { hostId: "h2", hostName: "host-2", kept: false, by: "host", reason: "draining" },
        { hostId: "h1", hostName: "host-1", kept: false, by: "max-containers", reason: "4 of 4 containers" },
      ],
      chain: ["max-containers: at most 4 containers on a host", "breadth-first: the hosts in turn"],
      needsGrowth: false,
      passing: 0,
      at: 7,
    });
  });

  test("needs growth without hosts, and with no host left", () => {
    expect(placeBy([], "DepthFirst")).toMatchObject({ hosts: 0, kept: 0, needsGrowth: true });
    expect(placeBy([aHost({ containers: 8 })], "MaxContainers")).toMatchObject({ hosts: 1, kept: 0, needsGrowth: true });
    expect(placeBy([aHost({ containers: 8 })], "MaxContainers")).not.toHaveProperty("host");
  });

  test("chooses the oldest host without any strategy", () => {
    expect(placeBy([aHost({ order: 2 }), aHost({ order: 1 })], [])).toMatchObject({ host: "h1" });
  });

  test("keeps a host's own limit though no strategy names one", () => {
    const decision = placeBy([aHost({ order: 1, containers: 4, maxContainers: 4 }), aHost({ order: 2, maxContainers: 4 })], "DepthFirst");
    expect(decision.host).toBe("h2");
    expect(decision.candidates[1]).toMatchObject({ by: "host", reason: "4 of 4 containers" });
  });

  test("counts hosts that are on their way, and first readings that are still to come", () => {
    const starting = aHost({ order: 1, accepting: false, notAccepting: "starting", arriving: true });
    const onFire = aHost({ order: 2, accepting: false, notAccepting: "on fire" });
    expect(placeBy([starting, onFire, aHost({ order: 3 })], "MaxCpuUsage")).toMatchObject({ needsGrowth: true, passing: 2 });
  });

  test("fails on a strategy that loses hosts", () => {
    const forgetful: PlacementStrategy = { name: "forgetful", describe: () => "loses hosts", explain: () => "", filter: () => ({ kept: [], dropped: [] }) };
    expect(() => place({ hosts: [aHost()], request: aRequest(), infrastructureChain: [forgetful], entityChain: [], at: 0 })).toThrow(
      'Cannot place by "forgetful": it was given 1 hosts and accounted for 0',
    );
  });
});

describe("place: large clouds", () => {
  const hosts = Array.from({ length: 1000 }, (_, index) =>
    aHost({ order: index + 1, containers: index % 2 === 0 ? 4 : 0, cpu: (index % 400) / 400, ...(index % 10 === 1 ? { accepting: false, notAccepting: "draining" } : {}) }),
  );

  test("counts dropped hosts by reason in place of each one's verdict", () => {
    const decision = placeBy(hosts, [{ type: "MaxContainers", maxContainers: 4 }, "MaxCpuUsage"]);
    expect(decision.candidates.length).toBeLessThanOrEqual(10);
    expect(decision.candidates[0]).toMatchObject({ rank: 1, kept: true });
    expect(decision.grouped?.map(({ by, reason, hosts: count }) => [by, reason, count])).toEqual([
      ["max-containers", "at the limit of 4 containers", 500],
      ["max-cpu-usage", "CPU at or above 50%", 160],
      ["host", "draining", 100],
    ]);
    expect(decision.kept).toBe(240);
    expect(JSON.stringify(decision).length).toBeLessThan(4000);
  });

  test("bounds the reasons too", () => {
    const strange = hosts.map((host) => ({ ...host, accepting: false, notAccepting: `reason ${host.order}` }));
    const decision = placeBy(strange, []);
    expect(decision.grouped?.length).toBeLessThanOrEqual(21);
    expect(decision.grouped?.reduce((sum, group) => sum + group.hosts, 0)).toBe(1000);
    expect(refusals(decision)).toMatch(/; other reasons on 992 hosts$/);
  });

  test("lists each host up to the bound", () => {
    expect(placeBy(hosts.slice(0, MOST_CANDIDATES), "DepthFirst").candidates).toHaveLength(MOST_CANDIDATES);
    expect(placeBy(hosts.slice(0, MOST_CANDIDATES), "DepthFirst")).not.toHaveProperty("grouped");
  });
});

describe("refusals", () => {
  test("says why, with the hosts' names", () => {
    const full = [1, 2].map((order) => aHost({ order, containers: 4, maxContainers: 4 }));
    const draining = aHost({ order: 3, accepting: false, notAccepting: "draining" });
    expect(refusals(placeBy([...full, draining], []))).toBe('4 of 4 containers on "host-1" and "host-2"; draining on "host-3"');
  });

  test("counts hosts where there are many", () => {
    const full = [1, 2, 3, 4, 5].map((order) => aHost({ order, containers: 4, maxContainers: 4 }));
    expect(refusals(placeBy(full, []))).toBe("4 of 4 containers on 5 hosts");
    expect(refusals(placeBy([], []))).toBe("the cloud has no hosts");
  });
});

describe("place: properties", () => {
  const chains = fc.array(fc.constantFrom(...Object.keys(strategies)), { maxLength: 4 });
  const clouds = fc.record({ hosts: someHosts(), request: someRequest(), infrastructure: chains, entity: chains });

  test("gives the same answer when the same state is played again, in whatever order the hosts are given", () => {
    fc.assert(
      fc.property(clouds, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), ({ hosts, request, infrastructure, entity }, numbers) => {
        const first = placeBy(hosts, infrastructure, entity, request);
        const shuffled = hosts.map((host) => ({ host, at: numbers.next().value ?? 0 })).toSorted((a, b) => a.at - b.at);
        expect(placeBy(shuffled.map(({ host }) => host), infrastructure, entity, request)).toEqual(first);
        expect(placeBy(structuredClone(hosts), infrastructure, entity, structuredClone(request))).toEqual(first);
      }),
    );
  });

  test("is plain JSON", () => {
    fc.assert(
      fc.property(clouds, ({ hosts, request, infrastructure, entity }) => {
        const decision = placeBy(hosts, infrastructure, entity, request);
        expect(JSON.parse(JSON.stringify(decision))).toStrictEqual(decision);
      }),
    );
  });

  test("has a sentence for every host", () => {
    fc.assert(
      fc.property(clouds, ({ hosts, request, infrastructure, entity }) => {
        const decision = placeBy(hosts, infrastructure, entity, request);
        expect(decision.candidates.map(({ hostId }) => hostId).toSorted()).toEqual(hosts.map(({ id }) => id).toSorted());
        for (const { reason } of decision.candidates) expect(reason).toMatch(/^\S.*\S$/);
      }),
    );
  });

  test("never lets the entity's strategies widen what the infrastructure's leave", () => {
    const keptIds = (decision: Decision) => decision.candidates.filter(({ kept }) => kept).map(({ hostId }) => hostId);
    fc.assert(
      fc.property(clouds, ({ hosts, request, infrastructure, entity }) => {
        const wide = new Set(keptIds(placeBy(hosts, infrastructure, [], request)));
        for (const id of keptIds(placeBy(hosts, infrastructure, entity, request))) expect(wide).toContain(id);
      }),
    );
  });

  test("never chooses a host that isn't accepting, or is at its limit", () => {
    fc.assert(
      fc.property(clouds, ({ hosts, request, infrastructure, entity }) => {
        const { host: id } = placeBy(hosts, infrastructure, entity, request);
        const host = hosts.find((each) => each.id === id);
        if (host === undefined) return;
        expect(host.accepting).toBe(true);
        expect(host.containers).toBeLessThan(host.maxContainers ?? Number.POSITIVE_INFINITY);
      }),
    );
  });
});
