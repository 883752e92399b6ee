import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRequest } from "../../../test/contract/placement-strategy.ts";
import { HostPool } from "./host-pool.ts";
import type { Chains, Reservation } from "./reservation.ts";
import { resolveStrategies } from "./resolve-strategies.ts";

const LIMIT = 3;
const HOST_LIMIT = 6;
const maximum = { type: "MaxContainers", maxContainers: LIMIT };
const chainsByName: Readonly<Record<string, Chains>> = {
  depth: { infrastructure: resolveStrategies([maximum, "DepthFirst"]) },
  breadth: { infrastructure: resolveStrategies([maximum, "BreadthFirst"]) },
  least: { infrastructure: resolveStrategies(["LeastContainers", maximum]) },
  random: { infrastructure: resolveStrategies([maximum]), entity: resolveStrategies("random") },
};

/** Whatever may happen to a cloud; a number picks the host, reservation, container or waiter that it happens to. */
type Happening =
  | { kind: "reserve" | "ask"; by: string }
  | { kind: "confirm" | "cancel" | "containerRemoved" | "removeHost" | "cordon" | "uncordon" | "abort" | "seen"; pick: number }
  | { kind: "addHost" | "growthEnds" | "growthFails" | "pause" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("reserve" as const, "ask" as const), by: fc.constantFrom(...Object.keys(chainsByName)) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("confirm" as const, "cancel" as const, "containerRemoved" as const, "removeHost" as const, "cordon" as const, "uncordon" as const, "abort" as const, "seen" as const),
      pick: fc.nat({ max: 99 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("addHost" as const, "growthEnds" as const, "growthFails" as const, "pause" as const) }) },
);

interface Waiter {
  readonly by: string;
  readonly abort: AbortController;
  state: "waiting" | "placed" | "failed";
}

/** Plays happenings against a pool, and keeps its own books beside it. */
class Play {
  readonly pool = new HostPool({ clock: { now: () => 0 } });
  readonly reservations: Reservation[] = [];
  readonly waiters: Waiter[] = [];
  /** Host → what is on it, by our own books: reservations and container names. */
  readonly books = new Map<string, Set<Reservation | string>>();
  growth: PromiseWithResolvers<string> | undefined;
  growths = 0;
  #hosts = 0;
  #containers = 0;

  async step(what: Happening): Promise<void> {
    if ("by" in what) this.#place(what.kind, what.by);
    else if ("pick" in what) this.#happen(what.kind, what.pick);
    else if (what.kind === "addHost") this.#addHost();
    else if (what.kind === "growthEnds") this.#endGrowth((growth) => growth.resolve(this.#addHost()));
    else if (what.kind === "growthFails") this.#endGrowth((growth) => growth.reject(new Error("quota")));
    else await settled();
  }

  #place(kind: "reserve" | "ask", by: string): void {
    if (kind === "ask") this.#ask(by);
    else this.#note(this.pool.reserve(aRequest({ entityId: `e${this.reservations.length}` }), chainsByName[by]!).reservation);
  }

  #happen(kind: Extract<Happening, { pick: number }>["kind"], number: number): void {
    const host = pick([...this.books.keys()], number) ?? "none";
    if (kind === "confirm" || kind === "cancel" || kind === "seen") this.#settle(kind, pick(this.reservations, number));
    else if (kind === "containerRemoved") this.#removeContainer(number);
    else if (kind === "abort") pick(this.waiters, number)?.abort.abort();
    else if (kind === "removeHost") {
      this.pool.removeHost(host);
      this.books.delete(host);
    } else this.pool.setAccepting(host, kind === "uncordon");
  }

  /** Ends everything: no waiter is left behind. */
  async finish(): Promise<void> {
    await settled();
    for (let rounds = 0; this.growth !== undefined && rounds < 50; rounds++) {
      this.#endGrowth((growth) => growth.resolve(this.#addHost()));
      await settled();
    }
    for (const { abort } of this.waiters) abort.abort();
    await settled();
  }

  #ask(by: string): void {
    const waiter: Waiter = { by, abort: new AbortController(), state: "waiting" };
    this.waiters.push(waiter);
    const canGrow = () => (this.books.size < HOST_LIMIT ? ({ allowed: true } as const) : ({ allowed: false, reason: "enough" } as const));
    const grow = () => {
      expect(this.growth).toBeUndefined();
      this.growths++;
      this.growth = Promise.withResolvers<string>();
      return this.growth.promise;
    };
    this.pool.reserveOrGrow(aRequest({ entityId: `w${this.waiters.length}` }), { chains: chainsByName[by]!, grow, canGrow, signal: waiter.abort.signal }).then(
      ({ reservation }) => {
        waiter.state = "placed";
        this.#note(reservation);
      },
      () => {
        waiter.state = "failed";
      },
    );
  }

  #endGrowth(end: (growth: PromiseWithResolvers<string>) => void): void {
    const growth = this.growth;
    this.growth = undefined;
    if (growth !== undefined) end(growth);
  }

  #addHost(): string {
    const id = `h${++this.#hosts}`;
    this.books.set(id, new Set());
    this.pool.addHost({ id, name: id, hostname: id, accepting: true, labels: {} });
    return id;
  }

  #note(reservation: Reservation | undefined): void {
    if (reservation === undefined) return;
    this.reservations.push(reservation);
    this.books.get(reservation.hostId)?.add(reservation);
  }

  #settle(how: "confirm" | "cancel" | "seen", reservation: Reservation | undefined): void {
    const held = reservation === undefined ? undefined : this.books.get(reservation.hostId);
    if (reservation === undefined || held === undefined || !held.has(reservation)) return;
    if (how === "cancel") reservation.cancel();
    held.delete(reservation);
    if (how === "cancel") return;
    const container = `c${++this.#containers}`;
    held.add(container);
    // "seen": the scanner saw the container as well, just after.
    reservation.confirm(container);
    if (how === "seen") this.pool.containerAdded(reservation.hostId, container);
  }

  #removeContainer(number: number): void {
    const containers = [...this.books].flatMap(([host, held]) => [...held].filter((each) => typeof each === "string").map((container) => ({ host, held, container })));
    const chosen = pick(containers, number);
    if (chosen === undefined) return;
    chosen.held.delete(chosen.container);
    this.pool.containerRemoved(chosen.host, chosen.container);
  }
}

function pick<T>(items: readonly T[], number: number): T | undefined {
  return items[number % Math.max(1, items.length)];
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
}

const story = fc.array(happening, { maxLength: 60, size: "max" });

describe("HostPool: whatever happens, in whatever order", () => {
  test("no host ever holds more than its limit, and the pool counts what is there", async () => {
    await fc.assert(
      fc.asyncProperty(story, async (happenings) => {
        const play = new Play();
        for (const what of happenings) {
          await play.step(what);
          for (const { containers } of play.pool.hosts()) expect(containers).toBeLessThanOrEqual(LIMIT);
        }
        await play.finish();
        expect(play.pool.hosts().map(({ id, containers }) => [id, containers])).toEqual([...play.books].map(([id, held]) => [id, held.size]));
      }),
      { numRuns: 300 },
    );
  });

  test("nobody is left behind, and growths are one at a time", async () => {
    await fc.assert(
      fc.asyncProperty(story, async (happenings) => {
        const play = new Play();
        for (const what of happenings) await play.step(what);
        await play.finish();
        expect(play.pool.waiting).toBe(0);
        for (const { state } of play.waiters) expect(state).not.toBe("waiting");
        expect(play.growths).toBeLessThanOrEqual(play.waiters.length);
      }),
      { numRuns: 300 },
    );
  });

  test("who came first is served first, as no chain here refuses what another takes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening.filter(({ kind }) => kind !== "abort" && kind !== "growthFails"), { maxLength: 60, size: "max" }), async (happenings) => {
        const play = new Play();
        for (const what of happenings) {
          await play.step(what);
          await settled();
          const states = play.waiters.map(({ state }) => state).filter((state) => state !== "failed");
          expect(states).toEqual(states.toSorted());
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the same story ends in the same way", async () => {
    const ending = async (happenings: readonly Happening[]) => {
      const play = new Play();
      for (const what of happenings) await play.step(what);
      await settled();
      return play.pool.hosts();
    };
    await fc.assert(
      fc.asyncProperty(story, async (happenings) => {
        expect(await ending(happenings)).toEqual(await ending(happenings));
      }),
    );
  });
});

describe("HostPool: how placements spread", () => {
  const clouds = fc.record({ hosts: fc.integer({ min: 1, max: 12 }), placements: fc.nat({ max: 60 }), limit: fc.integer({ min: 1, max: 8 }) });

  const filled = (by: string, { hosts, placements, limit }: { hosts: number; placements: number; limit: number }): number[] => {
    const pool = new HostPool({ clock: { now: () => 0 } });
    for (let order = 1; order <= hosts; order++) pool.addHost({ id: `h${order}`, name: `h${order}`, hostname: "", accepting: true, labels: {}, maxContainers: limit });
    const chains = { infrastructure: resolveStrategies(by) };
    for (let number = 0; number < placements; number++) pool.reserve(aRequest({ entityId: `e${number}` }), chains);
    return pool.hosts().map(({ containers }) => containers);
  };

  test("breadth first, and by least containers, hosts differ by one at most", () => {
    fc.assert(
      fc.property(clouds, fc.constantFrom("breadth-first", "least-containers"), (cloud, by) => {
        const counts = filled(by, cloud);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("depth first, each host is full before the next one is used", () => {
    fc.assert(
      fc.property(clouds, (cloud) => {
        const expected = Array.from({ length: cloud.hosts }, (_, index) => Math.min(cloud.limit, Math.max(0, cloud.placements - index * cloud.limit)));
        expect(filled("depth-first", cloud)).toEqual(expected);
      }),
    );
  });

  test("by any strategy, the cloud takes as many as its hosts allow together, and no more", () => {
    fc.assert(
      fc.property(clouds, fc.constantFrom("breadth-first", "depth-first", "least-containers", "random", "lowest-cpu-usage"), (cloud, by) => {
        const total = filled(by, cloud).reduce((sum, count) => sum + count, 0);
        expect(total).toBe(Math.min(cloud.placements, cloud.hosts * cloud.limit));
      }),
    );
  });
});
