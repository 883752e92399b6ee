import { describe, expect, it } from "vitest";
import { PlacementRehearsal } from "./rehearsal.ts";
import { resolveStrategies } from "./resolve-strategies.ts";
import { keepUnless } from "./strategy.ts";
import type { HostSnapshot, PlacementRequest } from "./types.ts";

function host(order: number, rest: Partial<HostSnapshot> = {}): HostSnapshot {
  return { id: `h${order}`, name: `host-${order}`, hostname: `host-${order}`, order, accepting: true, labels: {}, containers: 0, occupants: [], lastPlaced: 0, maxContainers: 2, ...rest };
}

function request(name: string): PlacementRequest {
  return { entityId: name, entityType: "web", displayName: name, applicationId: "app", properties: {} };
}

function rehearsal(hosts: HostSnapshot[], limit = 3): PlacementRehearsal {
  return new PlacementRehearsal({
    hosts,
    chain: resolveStrategies("breadth-first"),
    canGrow: (added) => (hosts.length + added < limit ? { allowed: true } : { allowed: false, reason: `the cloud is at its limit of ${limit} hosts`, remedy: "Raise it" }),
    newHost: (number) => ({ name: `new-${number}`, maxContainers: 2 }),
    at: 0,
  });
}

describe("PlacementRehearsal", () => {
  it("counts the places that earlier requests take, adds hosts as the cloud would, and says when none is left", () => {
    const hosts = [host(1, { containers: 1 }), host(2)];
    const placing = rehearsal(hosts);
    const placed = ["a", "b", "c", "d", "e", "f"].map((name) => placing.place(request(name)));
    expect(placed.map((each) => each.host)).toEqual(["host-1", "host-2", "host-2", "new-1", "new-1", undefined]);
    expect(placed.map((each) => each.isNewHost)).toEqual([false, false, false, true, true, false]);
    expect(placed[5]?.refusal).toEqual({ reason: "the cloud is at its limit of 3 hosts", remedy: "Raise it" });
    expect(placed[5]?.decision.candidates.map(({ reason }) => reason)).toEqual(["2 of 2 containers", "2 of 2 containers", "2 of 2 containers"]);
    expect(placing.addedHosts).toEqual(["new-1"]);
    expect(hosts.map(({ containers }) => containers)).toEqual([1, 0]);
  });

  it("gives a place that was left to who comes next", () => {
    const placing = rehearsal([host(1)], 1);
    expect(["a", "b", "c"].map((name) => placing.place(request(name)).host)).toEqual(["host-1", "host-1", undefined]);
    placing.leave("a");
    expect(placing.place(request("c")).host).toBe("host-1");
  });

  it("waits for a host that is on its way", () => {
    const placing = rehearsal([host(1, { accepting: false, notAccepting: "starting", arriving: true })]);
    expect(placing.place(request("a"))).toMatchObject({ host: undefined, waits: true, refusal: undefined });
  });

  it("adds no host that could not take the entity either", () => {
    const placing = rehearsal([host(1, { containers: 2 })]);
    const never = keepUnless({ name: "never", refusesBy: [], describe: () => "none", explain: () => "", refuse: () => ({ reason: "no host will do" }) });
    expect(placing.place(request("a"), [never])).toMatchObject({ host: undefined, refusal: { reason: "a new host could not take it either" } });
    expect(placing.addedHosts).toEqual([]);
  });
});
