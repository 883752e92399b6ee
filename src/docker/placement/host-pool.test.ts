import { describe, expect, test } from "vitest";
import { aRequest } from "../../../test/contract/placement-strategy.ts";
import { HostPool } from "./host-pool.ts";
import type { NewHost } from "./host-table.ts";
import type { Chains } from "./reservation.ts";
import { resolveStrategies } from "./resolve-strategies.ts";

const chains = (infrastructure: unknown, entity?: unknown): Chains => ({ infrastructure: resolveStrategies(infrastructure), entity: resolveStrategies(entity) });
const fill = chains([{ type: "MaxContainers", maxContainers: 4 }, "DepthFirst"]);
const spread = chains([{ type: "MaxContainers", maxContainers: 4 }, "BreadthFirst"]);

function host(id: string, rest: Partial<NewHost> = {}): NewHost {
  return { id, name: `host ${id}`, hostname: id, accepting: true, labels: {}, ...rest };
}

function poolOf(...ids: string[]): HostPool {
  const pool = new HostPool({ clock: { now: () => 0 } });
  for (const id of ids) pool.addHost(host(id));
  return pool;
}

const placeMany = (pool: HostPool, by: Chains, count: number) => Array.from({ length: count }, () => pool.reserve(aRequest(), by).decision.host);
const counts = (pool: HostPool) => pool.hosts().map(({ containers }) => containers);

describe("HostPool.reserve", () => {
  test("fills a host to its limit before it goes on to the next, depth first", () => {
    const pool = poolOf("a", "b", "c");
    expect(placeMany(pool, fill, 9)).toEqual(["a", "a", "a", "a", "b", "b", "b", "b", "c"]);
  });

  test("goes round the hosts, breadth first, from the first", () => {
    const pool = poolOf("a", "b", "c");
    expect(placeMany(pool, spread, 4)).toEqual(["a", "b", "c", "a"]);
    pool.addHost(host("d"));
    expect(placeMany(pool, spread, 3)).toEqual(["d", "b", "c"]);
  });

  test("counts a place from the moment it is reserved", () => {
    const pool = poolOf("a");
    expect(placeMany(pool, fill, 5)).toEqual(["a", "a", "a", "a", undefined]);
    expect(pool.reserve(aRequest(), fill)).not.toHaveProperty("reservation");
    expect(counts(pool)).toEqual([4]);
  });

  test("counts containers that the scanner adopted", () => {
    const pool = poolOf("a", "b");
    for (const id of ["c1", "c2", "c3", "c4"]) pool.containerAdded("a", id);
    expect(placeMany(pool, fill, 1)).toEqual(["b"]);
  });

  test("places nothing on a host that was cordoned, until that is lifted", () => {
    const pool = poolOf("a");
    pool.setAccepting("a", false, "cordoned for repair");
    const { decision } = pool.reserve(aRequest(), fill);
    expect(decision.candidates).toMatchObject([{ kept: false, by: "host", reason: "cordoned for repair" }]);
    pool.updateHost("a", { accepting: true });
    expect(placeMany(pool, fill, 1)).toEqual([undefined]);
    pool.setAccepting("a", true);
    expect(placeMany(pool, fill, 1)).toEqual(["a"]);
  });

  test("goes on with the sequence of placements that restored hosts bring", () => {
    const pool = poolOf();
    pool.addHost(host("a", { lastPlaced: 7 }));
    pool.addHost(host("b", { lastPlaced: 6 }));
    expect(placeMany(pool, spread, 2)).toEqual(["b", "a"]);
    expect(pool.hosts().map(({ lastPlaced }) => lastPlaced)).toEqual([9, 8]);
  });

  test("shows strategies who is on a host", () => {
    const pool = poolOf("a");
    const { reservation } = pool.reserve(aRequest({ entityId: "e7", properties: { minRam: 1 } }), fill);
    const occupant = { entityId: "e7", entityType: "org.example.Web", displayName: "web", applicationId: "app1" };
    expect(pool.host("a")?.occupants).toEqual([occupant]);
    reservation?.confirm("c1");
    pool.containerAdded("a", "c1");
    expect(pool.host("a")).toMatchObject({ containers: 1, occupants: [occupant] });
  });
});

describe("HostPool: hosts", () => {
  test("are in order of creation, in whatever order they are added", () => {
    const pool = poolOf();
    for (const [id, order] of [["c", 3], ["a", 1], ["b", 2]] as const) pool.addHost(host(id, { order }));
    pool.addHost(host("d"));
    expect(pool.hosts().map(({ id, order }) => [id, order])).toEqual([["a", 1], ["b", 2], ["c", 3], ["d", 4]]);
    pool.removeHost("b");
    pool.updateHost("c", { cpu: 0.5 });
    expect(pool.hosts().map(({ id, cpu }) => [id, cpu])).toEqual([["a", undefined], ["c", 0.5], ["d", undefined]]);
  });

  test("keep their containers when they are added again", () => {
    const pool = poolOf("a", "b");
    pool.containerAdded("a", "c1");
    pool.addHost(host("a", { name: "renamed", order: 9 }));
    expect(pool.hosts()[0]).toMatchObject({ id: "a", name: "renamed", order: 1, containers: 1 });
  });

  test("that are not there make no difference", () => {
    const pool = poolOf("a");
    pool.containerAdded("z", "c1");
    pool.containerRemoved("z", "c1");
    pool.updateHost("z", { cpu: 1 });
    pool.setAccepting("z", false);
    pool.removeHost("z");
    expect(pool.hosts()).toHaveLength(1);
    expect(pool.host("z")).toBeUndefined();
  });

  test("are snapshots: one that was read doesn't change", () => {
    const pool = poolOf("a");
    const before = pool.host("a");
    pool.containerAdded("a", "c1");
    expect(before?.containers).toBe(0);
  });
});

describe("Reservation", () => {
  const reserved = (pool: HostPool) => {
    const { reservation } = pool.reserve(aRequest(), fill);
    if (reservation === undefined) throw new Error("Expected a reservation");
    return reservation;
  };

  test("gives its place to the container, also when the scanner saw that first", () => {
    const pool = poolOf("a");
    const reservation = reserved(pool);
    pool.containerAdded("a", "c1");
    expect(counts(pool)).toEqual([2]);
    reservation.confirm("c1");
    expect(counts(pool)).toEqual([1]);
    pool.containerAdded("a", "c1");
    expect(counts(pool)).toEqual([1]);
    pool.containerRemoved("a", "c1");
    pool.containerRemoved("a", "c1");
    expect(counts(pool)).toEqual([0]);
  });

  test("is confirmed and cancelled once, however often that is asked", () => {
    const pool = poolOf("a");
    const confirmed = reserved(pool);
    const cancelled = reserved(pool);
    for (let times = 0; times < 2; times++) {
      confirmed.confirm("c1");
      cancelled.cancel();
    }
    confirmed.cancel();
    expect(counts(pool)).toEqual([1]);
  });

  test("can't be confirmed once it was cancelled, or for another container", () => {
    const pool = poolOf("a");
    const cancelled = reserved(pool);
    cancelled.cancel();
    expect(() => cancelled.confirm("c1")).toThrow('Cannot confirm "web" on "host a": its reservation was cancelled');
    const confirmed = reserved(pool);
    confirmed.confirm("c1");
    expect(() => confirmed.confirm("c2")).toThrow('Cannot confirm "web" on "host a": its reservation went to container "c1"');
  });

  test("can't be confirmed when the host has left, though it came back", () => {
    const pool = poolOf("a");
    const reservation = reserved(pool);
    pool.removeHost("a");
    pool.addHost(host("a"));
    expect(() => reservation.confirm("c1")).toThrow('Cannot confirm "web" on "host a": the host has left the cloud');
    reservation.cancel();
    expect(counts(pool)).toEqual([0]);
  });
});
