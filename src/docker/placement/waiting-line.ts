import { growthFailed, growthRefused, growthUseless, givenUp, type GrowthPermit } from "./no-capacity.ts";
import type { Chains, Placed, Reserved } from "./reservation.ts";
import type { PlacementStrategy } from "./strategy.ts";
import type { Decision, PlacementRequest } from "./types.ts";

/** What a waiter may do when no host is left. */
export interface GrowOptions {
  readonly chains: Chains;
  /** Adds one host and resolves with its id once the pool has it. One waiter's is called for all who wait. */
  readonly grow: () => Promise<string>;
  readonly canGrow: () => GrowthPermit;
  readonly signal: AbortSignal;
  /** How many new hosts may refuse this entity, empty as they are, before it is told that growing doesn't help. Default 2. */
  readonly maxRounds?: number;
  /** Told what it waits for, at first and when that changes: for the task's waiting line. */
  readonly onWait?: (waitsFor: "growth" | "host", decision: Decision) => void;
}

/** What happened to the hosts: places came free or hosts changed; readings came in; places were taken. */
export type PoolChange = "hosts" | "readings" | "occupied";

/** How the line asks the pool. */
export interface Placer {
  reserve(request: PlacementRequest, chains: Chains): Placed;
  /** The decision on that one host, were it empty. */
  wouldTakeEmpty(hostId: string, request: PlacementRequest, chains: Chains): Decision;
}

interface Waiter {
  readonly request: PlacementRequest;
  readonly options: GrowOptions;
  /** Equal for waiters that are refused alike; undefined when the request has a say. */
  readonly likeness: string | undefined;
  readonly wakesOn: ReadonlySet<PoolChange>;
  readonly settle: { resolve(placed: Reserved): void; reject(error: unknown): void };
  decision: Decision;
  waitsFor: "growth" | "host" | undefined;
  uselessRounds: number;
  lastFailure: unknown;
}

const DEFAULT_ROUNDS = 2;

/**
 * Placements that found no host, in order of arrival. They share one growth, and are tried again, first come first served, whenever
 * something changed that could help: a new host, a container gone, a cordon lifted, a first reading. No timers.
 */
export class WaitingLine {
  readonly #placer: Placer;
  /** In order of arrival. */
  readonly #waiters = new Set<Waiter>();
  readonly #changes = new Set<PoolChange>();
  #growth: Promise<string> | undefined;
  #serving = false;
  readonly #chainNumbers = new WeakMap<PlacementStrategy, number>();
  #lastChainNumber = 0;

  constructor(placer: Placer) {
    this.#placer = placer;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /** Joins the line after a refusal. Rejects with `no-capacity`, `cancelled` or `timeout`. */
  wait(request: PlacementRequest, options: GrowOptions, decision: Decision): Promise<Reserved> {
    return new Promise((resolve, reject) => {
      const { likeness, wakesOn } = this.#kindOf(options.chains);
      const leave = () => {
        options.signal.removeEventListener("abort", onAbort);
        this.#waiters.delete(waiter);
      };
      const settle = {
        resolve: (placed: Reserved) => {
          leave();
          resolve(placed);
        },
        reject: (error: unknown) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => settle.reject(givenUp(request, waiter.decision, options.signal));
      const waiter: Waiter = { request, options, likeness, wakesOn, settle, decision, waitsFor: undefined, uselessRounds: 0, lastFailure: undefined };
      options.signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      this.#guard(waiter, () => this.#advance(waiter));
    });
  }

  /** Something changed; who may be helped is tried again soon: changes of one moment make one pass. */
  changed(change: PoolChange): void {
    if (this.#waiters.size === 0 || this.#changes.has(change)) return;
    this.#changes.add(change);
    if (this.#changes.size === 1) queueMicrotask(() => this.serve());
  }

  /** Serves the line now, so that a newcomer doesn't overtake those whom a change has helped. */
  serve(): void {
    if (this.#serving || this.#changes.size === 0) return;
    this.#serving = true;
    const changes = [...this.#changes];
    this.#changes.clear();
    const woken = [...this.#waiters].filter(({ wakesOn }) => changes.some((change) => wakesOn.has(change)));
    const refused = new Map<string, Decision>();
    for (const waiter of woken) this.#guard(waiter, () => this.#retry(waiter, refused));
    for (const waiter of woken) this.#guard(waiter, () => this.#advance(waiter));
    this.#serving = false;
  }

  /** Starts a growth, or joins the one under way. */
  grow(grow: () => Promise<string>): Promise<string> {
    if (this.#growth !== undefined) return this.#growth;
    const growth = (async () => grow())();
    this.#growth = growth;
    growth.then(
      (hostId) => this.#grown(hostId),
      (error: unknown) => this.#growthFailed(error),
    );
    return growth;
  }

  #retry(waiter: Waiter, refused: Map<string, Decision>): void {
    const known = waiter.likeness === undefined ? undefined : refused.get(waiter.likeness);
    if (known !== undefined) {
      waiter.decision = known;
      return;
    }
    const { decision, reservation } = this.#placer.reserve(waiter.request, waiter.options.chains);
    if (reservation !== undefined) {
      waiter.settle.resolve({ decision, reservation });
      return;
    }
    waiter.decision = decision;
    if (waiter.likeness !== undefined) refused.set(waiter.likeness, decision);
  }

  /** What a refused waiter does next: waits for the growth under way or a host that is coming, starts a growth, or fails. */
  #advance(waiter: Waiter): void {
    if (!this.#waiters.has(waiter)) return;
    const { request, options, decision } = waiter;
    if (this.#growth !== undefined) this.#waitFor(waiter, "growth");
    else if (waiter.uselessRounds >= (options.maxRounds ?? DEFAULT_ROUNDS)) waiter.settle.reject(growthUseless(request, decision, waiter.uselessRounds, waiter.lastFailure));
    else if (decision.passing > 0) this.#waitFor(waiter, "host");
    else this.#askToGrow(waiter);
  }

  #askToGrow(waiter: Waiter): void {
    const { request, options, decision } = waiter;
    const permit = options.canGrow();
    if (permit.allowed) {
      this.#waitFor(waiter, "growth");
      void this.grow(options.grow);
    } else {
      waiter.settle.reject(growthRefused(request, decision, permit));
    }
  }

  #waitFor(waiter: Waiter, what: "growth" | "host"): void {
    if (waiter.waitsFor === what) return;
    waiter.waitsFor = what;
    waiter.options.onWait?.(what, waiter.decision);
  }

  #grown(hostId: string): void {
    this.#growth = undefined;
    for (const waiter of this.#waiters) {
      if (waiter.waitsFor !== "growth") continue;
      waiter.waitsFor = undefined;
      this.#guard(waiter, () => {
        const alone = this.#placer.wouldTakeEmpty(hostId, waiter.request, waiter.options.chains);
        if (alone.needsGrowth && alone.passing === 0) waiter.uselessRounds++;
      });
    }
    this.changed("hosts");
    this.serve();
  }

  /** Fails all who waited for it, after a last try; one that has another host to wait for goes on, and remembers. */
  #growthFailed(error: unknown): void {
    this.#growth = undefined;
    for (const waiter of [...this.#waiters].filter(({ waitsFor }) => waitsFor === "growth")) {
      waiter.waitsFor = undefined;
      this.#guard(waiter, () => {
        this.#retry(waiter, new Map());
        if (!this.#waiters.has(waiter)) return;
        waiter.uselessRounds++;
        waiter.lastFailure = error;
        if (waiter.decision.passing === 0) waiter.settle.reject(growthFailed(waiter.request, waiter.decision, error));
      });
    }
    this.changed("hosts");
    this.serve();
  }

  /** A strategy or callback that throws fails the one placement that it belongs to. */
  #guard(waiter: Waiter, work: () => void): void {
    try {
      work();
    } catch (error) {
      waiter.settle.reject(error);
    }
  }

  #kindOf(chains: Chains): { likeness: string | undefined; wakesOn: Set<PoolChange> } {
    const wakesOn = new Set<PoolChange>(["hosts"]);
    const numbers: number[] = [];
    const chain = [...chains.infrastructure, ...(chains.entity ?? [])];
    for (const strategy of chain) {
      if (strategy.refusesBy?.includes("readings") ?? true) wakesOn.add("readings");
      if (strategy.refusesBy?.includes("request") ?? true) wakesOn.add("occupied");
      numbers.push(this.#numberOf(strategy));
    }
    return { likeness: wakesOn.has("occupied") ? undefined : numbers.join(" "), wakesOn };
  }

  #numberOf(strategy: PlacementStrategy): number {
    const number = this.#chainNumbers.get(strategy) ?? ++this.#lastChainNumber;
    this.#chainNumbers.set(strategy, number);
    return number;
  }
}
