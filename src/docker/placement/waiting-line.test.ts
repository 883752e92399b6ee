import { describe, expect, test } from "vitest";
import { aRequest } from "../../../test/contract/placement-strategy.ts";
import { ClockerError } from "../../model/errors.ts";
import { HostPool } from "./host-pool.ts";
import type { NewHost } from "./host-table.ts";
import type { Reserved } from "./reservation.ts";
import { resolveStrategies } from "./resolve-strategies.ts";
import { keepUnless } from "./strategy.ts";
import type { GrowOptions } from "./waiting-line.ts";

const fill = { infrastructure: resolveStrategies([{ type: "MaxContainers", maxContainers: 4 }, "DepthFirst"]) };
const calm = { infrastructure: resolveStrategies("MaxCpuUsage") };

/** A cloud whose growths end when the test says so. */
class Cloud {
  readonly pool = new HostPool({ clock: { now: () => 0 } });
  readonly growths: PromiseWithResolvers<string>[] = [];
  limit = 100;
  readonly #made: string[] = [];

  constructor(hosts: number) {
    for (let count = 0; count < hosts; count++) this.pool.addHost(this.#host());
  }

  readonly grow = (): Promise<string> => {
    const growth = Promise.withResolvers<string>();
    this.growths.push(growth);
    return growth.promise;
  };

  options(rest: Partial<GrowOptions> = {}): GrowOptions {
    const canGrow = () => {
      const hosts = this.pool.hosts().length;
      return hosts < this.limit ? ({ allowed: true } as const) : ({ allowed: false, reason: `the cloud is at its limit of ${this.limit} hosts` } as const);
    };
    return { chains: fill, grow: this.grow, canGrow, signal: new AbortController().signal, ...rest };
  }

  place(name: string, rest: Partial<GrowOptions> = {}): Outcome {
    return outcomeOf(this.pool.reserveOrGrow(aRequest({ entityId: name, displayName: name }), this.options(rest)));
  }

  placeMany(count: number, rest: Partial<GrowOptions> = {}): Outcome[] {
    return Array.from({ length: count }, (_, index) => this.place(`web.${index + 1}`, rest));
  }

  /** Ends the growth under way with a new host. */
  async grown(rest: Partial<NewHost> = {}): Promise<void> {
    const host = this.#host(rest);
    this.pool.addHost(host);
    this.growths.at(-1)?.resolve(host.id);
    await settled();
  }

  async growthFails(error: unknown): Promise<void> {
    this.growths.at(-1)?.reject(error);
    await settled();
  }

  #host(rest: Partial<NewHost> = {}): NewHost {
    const name = `host-${this.#made.push("")}`;
    return { id: name, name, hostname: name, accepting: true, labels: {}, ...rest };
  }
}

interface Outcome {
  placed?: Reserved;
  error?: unknown;
}

function outcomeOf(promise: Promise<Reserved>): Outcome {
  const outcome: Outcome = {};
  promise.then(
    (placed) => {
      outcome.placed = placed;
    },
    (error: unknown) => {
      outcome.error = error;
    },
  );
  return outcome;
}

/** Lets all that can go on by itself go on. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
}

const hostOf = ({ placed }: Outcome) => placed?.decision.host;
const messageOf = ({ error }: Outcome) => (error instanceof Error ? error.message : undefined);
const codeOf = ({ error }: Outcome) => (error instanceof ClockerError ? error.code : undefined);

describe("HostPool.reserveOrGrow: growth", () => {
  test("doesn't grow while there is room", async () => {
    const cloud = new Cloud(1);
    const outcomes = cloud.placeMany(4);
    await settled();
    expect(outcomes.map(hostOf)).toEqual(Array.from({ length: 4 }, () => "host-1"));
    expect(cloud.growths).toHaveLength(0);
  });

  test("grows once for all who wait, from no host at all", async () => {
    const cloud = new Cloud(0);
    const outcomes = cloud.placeMany(4);
    await settled();
    expect(cloud.growths).toHaveLength(1);
    expect(cloud.pool.waiting).toBe(4);
    await cloud.grown();
    expect(outcomes.map(hostOf)).toEqual(Array.from({ length: 4 }, () => "host-1"));
    expect(cloud.growths).toHaveLength(1);
    expect(cloud.pool.waiting).toBe(0);
  });

  test("grows again, once for all again, when more wait than one host holds; first come, first served", async () => {
    const cloud = new Cloud(0);
    const outcomes = cloud.placeMany(10);
    await settled();
    for (const [hosts, placed] of [[1, 4], [2, 8], [3, 10]] as const) {
      expect(cloud.growths).toHaveLength(hosts);
      await cloud.grown();
      expect(outcomes.map((outcome) => outcome.placed !== undefined)).toEqual(outcomes.map((_, index) => index < placed));
    }
    expect(cloud.growths).toHaveLength(3);
    expect(cloud.pool.hosts().map(({ containers }) => containers)).toEqual([4, 4, 2]);
  });

  test("lets newcomers join the growth under way, even at the limit that it reaches", async () => {
    const cloud = new Cloud(0);
    cloud.limit = 1;
    const first = cloud.place("web");
    cloud.limit = 0;
    const second = cloud.place("db");
    await cloud.grown();
    expect([hostOf(first), hostOf(second)]).toEqual(["host-1", "host-1"]);
  });

  test("shares a growth that somebody else started", async () => {
    const cloud = new Cloud(0);
    const started = cloud.pool.growOnce(cloud.grow);
    const outcome = cloud.place("web");
    const joined = cloud.pool.growOnce(cloud.grow);
    expect(cloud.growths).toHaveLength(1);
    await cloud.grown();
    await expect(joined).resolves.toBe("host-1");
    await expect(started).resolves.toBe("host-1");
    expect(hostOf(outcome)).toBe("host-1");
  });

  test("serves those in line before a newcomer, also when room came this very moment", async () => {
    const cloud = new Cloud(1);
    const [first] = cloud.placeMany(4);
    const waiter = cloud.place("waiter");
    await settled();
    first?.placed?.reservation.cancel();
    expect(cloud.pool.reserve(aRequest(), fill)).not.toHaveProperty("reservation");
    await settled();
    expect(hostOf(waiter)).toBe("host-1");
  });

  test("takes a place that comes free during the growth", async () => {
    const cloud = new Cloud(1);
    for (const id of ["c1", "c2", "c3", "c4"]) cloud.pool.containerAdded("host-1", id);
    const outcome = cloud.place("web");
    cloud.pool.containerRemoved("host-1", "c2");
    await settled();
    expect(hostOf(outcome)).toBe("host-1");
  });

  test("takes a host whose cordon is lifted, or that somebody else added", async () => {
    const cloud = new Cloud(1);
    cloud.pool.setAccepting("host-1", false, "draining");
    const uncordoned = cloud.place("web");
    cloud.pool.setAccepting("host-1", true);
    await settled();
    expect(hostOf(uncordoned)).toBe("host-1");
  });
});

describe("HostPool.reserveOrGrow: refusals", () => {
  test("says at the limit of hosts what each refused with", async () => {
    const cloud = new Cloud(2);
    cloud.limit = 2;
    cloud.placeMany(7);
    cloud.pool.setAccepting("host-2", false, "draining");
    const outcome = cloud.place("web");
    await settled();
    expect(codeOf(outcome)).toBe("no-capacity");
    expect(messageOf(outcome)).toBe('Cannot place "web": draining on "host-2"; 4 of 4 containers on "host-1"; the cloud is at its limit of 2 hosts');
    expect(outcome.error).toMatchObject({ remedy: expect.stringContaining("limit of hosts"), details: { hosts: 2, entityId: "web" } });
    expect(cloud.growths).toHaveLength(0);
  });

  test("fails all waiters of a growth that fails, with its cause and remedy", async () => {
    const cloud = new Cloud(1);
    const placed = cloud.placeMany(4);
    const waiters = [cloud.place("web"), cloud.place("db")];
    const cause = new ClockerError("no-machine", "Cannot obtain a machine: the quota of 1 is used", { remedy: "Ask for a larger quota" });
    await cloud.growthFails(cause);
    for (const [index, name] of ["web", "db"].entries()) {
      expect(messageOf(waiters[index]!)).toBe(`Cannot place "${name}": 4 of 4 containers on "host-1"; adding one to the 1 host failed`);
      expect(waiters[index]?.error).toMatchObject({ code: "no-capacity", cause, remedy: "Ask for a larger quota" });
    }
    expect(placed.every((outcome) => outcome.placed !== undefined)).toBe(true);
    expect(cloud.growths).toHaveLength(1);
  });

  test("says that the first host failed where there is none", async () => {
    const cloud = new Cloud(0);
    const outcome = cloud.place("web");
    await cloud.growthFails(new Error("quota"));
    expect(messageOf(outcome)).toBe('Cannot place "web": the cloud has no hosts; adding the first one failed');
  });

  test("grows anew for those who come after a failure", async () => {
    const cloud = new Cloud(0);
    cloud.place("web");
    await cloud.growthFails(new Error("quota"));
    const later = cloud.place("db");
    await cloud.grown();
    expect(hostOf(later)).toBe("host-1");
  });

  test("stops growing for an entity that new hosts refuse, and leaves the hosts to the others", async () => {
    const cloud = new Cloud(0);
    const never = keepUnless({ name: "never", describe: () => "no host at all", explain: () => "", refuse: () => ({ reason: "0 of 0 wanted" }) });
    const picky = cloud.place("picky", { chains: { ...fill, entity: [never] }, maxRounds: 2 });
    const others = cloud.placeMany(5);
    await cloud.grown();
    expect(others.map(hostOf)).toEqual(["host-1", "host-1", "host-1", "host-1", undefined]);
    expect(cloud.growths).toHaveLength(2);
    await cloud.grown();
    expect(hostOf(others[4]!)).toBe("host-2");
    expect(codeOf(picky)).toBe("no-capacity");
    expect(messageOf(picky)).toBe('Cannot place "picky": 4 of 4 containers on "host-1"; 0 of 0 wanted on "host-2"; 2 new hosts could not take it either');
    expect(cloud.growths).toHaveLength(2);
  });

  test("doesn't count a new host against one who only came too late for it", async () => {
    const cloud = new Cloud(0);
    const outcomes = cloud.placeMany(20, { maxRounds: 1 });
    for (let hosts = 0; hosts < 5; hosts++) await cloud.grown();
    expect(outcomes.every((outcome) => outcome.placed !== undefined)).toBe(true);
    expect(cloud.growths).toHaveLength(5);
  });

  test("gives up on growths that bring no host", async () => {
    const cloud = new Cloud(0);
    const outcome = cloud.place("web");
    for (let rounds = 0; rounds < 2; rounds++) {
      cloud.growths.at(-1)?.resolve("gone");
      await settled();
    }
    expect(codeOf(outcome)).toBe("no-capacity");
    expect(cloud.growths).toHaveLength(2);
  });

  test("fails one placement alone by what its own callbacks throw", async () => {
    const cloud = new Cloud(0);
    const broken = cloud.place("broken", {
      canGrow: () => {
        throw new Error("no such infrastructure");
      },
    });
    const sound = cloud.place("web");
    await cloud.grown();
    expect(messageOf(broken)).toBe("no such infrastructure");
    expect(hostOf(sound)).toBe("host-1");
  });

  test("takes a growth that throws at once for one that fails", async () => {
    const cloud = new Cloud(0);
    const outcome = cloud.place("web", {
      grow: () => {
        throw new Error("stopping");
      },
    });
    await settled();
    expect(codeOf(outcome)).toBe("no-capacity");
  });
});

describe("HostPool.reserveOrGrow: giving up", () => {
  test("leaves the growth and the others alone", async () => {
    const cloud = new Cloud(0);
    const leaver = new AbortController();
    const first = cloud.place("first", { signal: leaver.signal });
    const second = cloud.place("second");
    leaver.abort(new ClockerError("cancelled", "Cancelled by alice"));
    await settled();
    expect(codeOf(first)).toBe("cancelled");
    expect(messageOf(first)).toBe('Cannot place "first": the cloud has no hosts; given up while waiting for room');
    expect(cloud.growths).toHaveLength(1);
    await cloud.grown();
    expect(hostOf(second)).toBe("host-1");
    expect(cloud.pool.host("host-1")?.containers).toBe(1);
  });

  test("places nothing for one who gave up before", async () => {
    const cloud = new Cloud(1);
    const outcome = cloud.place("web", { signal: AbortSignal.abort(new DOMException("Too late", "TimeoutError")) });
    await settled();
    expect(codeOf(outcome)).toBe("timeout");
    expect(cloud.pool.host("host-1")?.containers).toBe(0);
  });

  test("doesn't grow for nobody: one who gave up asks for no second growth", async () => {
    const cloud = new Cloud(0);
    const leaver = new AbortController();
    cloud.place("web", { signal: leaver.signal });
    leaver.abort();
    await cloud.growthFails(new Error("quota"));
    expect(cloud.growths).toHaveLength(1);
    expect(cloud.pool.waiting).toBe(0);
  });
});

describe("HostPool.reserveOrGrow: hosts on their way", () => {
  test("waits for a host that is starting instead of growing once more", async () => {
    const cloud = new Cloud(0);
    cloud.pool.addHost({ id: "h", name: "h", hostname: "h", accepting: false, notAccepting: "starting", arriving: true, labels: {} });
    const waits: string[] = [];
    const outcome = cloud.place("web", { onWait: (what, decision) => waits.push(`${what}: ${decision.candidates[0]?.reason ?? ""}`) });
    await settled();
    expect(waits).toEqual(["host: starting"]);
    expect(cloud.growths).toHaveLength(0);
    cloud.pool.updateHost("h", { accepting: true, notAccepting: undefined, arriving: false });
    await settled();
    expect(hostOf(outcome)).toBe("h");
  });

  test("grows when the host that was starting fails, or leaves", async () => {
    for (const fails of [(pool: HostPool) => pool.updateHost("h", { notAccepting: "on fire", arriving: false }), (pool: HostPool) => pool.removeHost("h")]) {
      const cloud = new Cloud(0);
      cloud.pool.addHost({ id: "h", name: "h", hostname: "h", accepting: false, notAccepting: "starting", arriving: true, labels: {} });
      const outcome = cloud.place("web");
      fails(cloud.pool);
      await settled();
      expect(cloud.growths).toHaveLength(1);
      await cloud.grown();
      expect(hostOf(outcome)).toBe("host-1");
    }
  });

  test("waits for a new host's first CPU reading instead of growing for ever", async () => {
    const cloud = new Cloud(0);
    const outcome = cloud.place("web", { chains: calm });
    await cloud.grown();
    expect(cloud.growths).toHaveLength(1);
    cloud.pool.updateHost("host-1", { cpu: 0.9 });
    await settled();
    expect(cloud.growths).toHaveLength(2);
    cloud.pool.updateHost("host-1", { cpu: 0.2 });
    await settled();
    expect(hostOf(outcome)).toBe("host-1");
  });

  test("outlives a failed growth while another host is on its way, though not for ever", async () => {
    const cloud = new Cloud(1);
    for (const id of ["c1", "c2", "c3", "c4"]) cloud.pool.containerAdded("host-1", id);
    const outcome = cloud.place("web");
    const starting = { id: "h", name: "h", hostname: "h", accepting: false, notAccepting: "starting", arriving: true, labels: {} };
    cloud.pool.addHost(starting);
    await cloud.growthFails(new Error("quota"));
    expect(outcome).toEqual({});
    cloud.pool.updateHost("h", { notAccepting: "on fire", arriving: false });
    await settled();
    cloud.pool.addHost(starting);
    await cloud.growthFails(new Error("quota again"));
    expect(codeOf(outcome)).toBe("no-capacity");
    expect(outcome.error).toMatchObject({ cause: { message: "quota again" } });
  });

  test("tries waiters again by readings and neighbours only where their strategies look at those", async () => {
    const cloud = new Cloud(0);
    const seen: string[] = [];
    const watching = (name: string, refusesBy: "readings" | "request" | undefined) => ({
      infrastructure: [
        keepUnless({
          name,
          refusesBy: refusesBy === undefined ? [] : [refusesBy],
          describe: () => "watches",
          explain: () => "",
          refuse: () => {
            seen.push(name);
            return { reason: "0 wanted", passing: true };
          },
        }),
      ],
    });
    cloud.pool.addHost({ id: "h", name: "h", hostname: "h", accepting: true, labels: {} });
    for (const [name, input] of [["host", undefined], ["readings", "readings"], ["request", "request"]] as const) cloud.place(name, { chains: watching(name, input) });
    await settled();
    const seenAfter = async (work: () => void) => {
      seen.length = 0;
      work();
      await settled();
      return seen;
    };
    expect(await seenAfter(() => cloud.pool.updateHost("h", { cpu: 0.5, loadAverage: 1 }))).toEqual(["readings"]);
    expect(await seenAfter(() => cloud.pool.containerAdded("h", "c1"))).toEqual(["request"]);
    expect(await seenAfter(() => void cloud.pool.reserve(aRequest(), { infrastructure: [] }))).toEqual(["request"]);
    expect(await seenAfter(() => cloud.pool.containerRemoved("h", "c1"))).toEqual(["host", "readings", "request"]);
  });

  test("tries waiters with the same chain once for all", async () => {
    const cloud = new Cloud(0);
    let tried = 0;
    const counting = keepUnless({
      name: "counting",
      refusesBy: [],
      describe: () => "counts",
      explain: () => "",
      refuse: () => {
        tried++;
        return { reason: "0 wanted", passing: true };
      },
    });
    cloud.pool.addHost({ id: "h", name: "h", hostname: "h", accepting: true, labels: {} });
    cloud.placeMany(100, { chains: { infrastructure: [counting] } });
    await settled();
    tried = 0;
    cloud.pool.updateHost("h", { maxContainers: 7 });
    await settled();
    expect(tried).toBe(1);
  });
});
