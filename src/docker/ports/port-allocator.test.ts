import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { PortAllocator, type PortWish, type PublishedPorts } from "./port-allocator.ts";

function allocator(range = "49000-49003", clock = { now: () => 0 }): PortAllocator {
  return new PortAllocator({ hostName: "host-1", range, clock });
}

function refusal(work: () => unknown): ClockerError {
  try {
    work();
  } catch (error) {
    if (error instanceof ClockerError) return error;
  }
  throw new Error("Expected a ClockerError");
}

/** The outcome, or undefined when there is no port. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ClockerError && error.code === "no-port") return undefined;
    throw error;
  }
}

/** Wishes that weren't granted as they were asked. */
function ungranted(wishes: readonly PortWish[], granted: PublishedPorts): string[] {
  return wishes.filter(({ containerPort, hostPort }) => granted[containerPort] === undefined || (hostPort ?? granted[containerPort]) !== granted[containerPort]).map(({ containerPort }) => containerPort);
}

function differences(before: unknown, after: unknown): string[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [`${JSON.stringify(before)} became ${JSON.stringify(after)}`];
}

const wish = (containerPort: string, hostPort?: number) => ({ containerPort, hostPort });

describe("PortAllocator.allocate", () => {
  test("takes ports of the article's range in turn", () => {
    const ports = new PortAllocator({ hostName: "host-1", clock: { now: () => 0 } });
    expect(ports.allocate("web", [wish("8080/tcp"), wish("22")])).toEqual({ "8080/tcp": 49000, "22/tcp": 49001 });
  });

  test("gives the same again to who asks again, and adds what is new", () => {
    const ports = allocator();
    const first = ports.allocate("web", [wish("8080/tcp")]);
    expect(ports.allocate("web", [wish("8080")])).toEqual(first);
    expect(ports.allocate("web", [wish("8080"), wish("53/udp")])).toEqual({ ...first, "53/udp": 49001 });
  });

  test("grants ports of the container's choice, in the range and out of it, before it deals out others", () => {
    const ports = allocator();
    expect(ports.allocate("web", [wish("8080"), wish("80", 80), wish("9000", 49000)])).toEqual({ "8080/tcp": 49001, "80/tcp": 80, "9000/tcp": 49000 });
  });

  test("keeps tcp and udp of one number apart when asked for, and deals out no such pair", () => {
    const ports = allocator();
    expect(ports.allocate("dns", [wish("53/tcp", 49000), wish("53/udp", 49000)])).toEqual({ "53/tcp": 49000, "53/udp": 49000 });
    ports.allocate("db", [wish("1/udp", 49001)]);
    expect(ports.allocate("web", [wish("80/tcp")])).toEqual({ "80/tcp": 49002 });
  });

  test("refuses a port that another container has, and then publishes none of the others", () => {
    const ports = allocator();
    ports.allocate("db", [wish("5432", 5432)]);
    const error = refusal(() => ports.allocate("web", [wish("80", 80), wish("8080"), wish("5432", 5432)]));
    expect(error.code).toBe("no-port");
    expect(error.message).toBe('Cannot publish port 5432/tcp at 5432 on "host-1": "db" has it');
    expect(ports.portsOf("web")).toEqual({});
    expect(ports.allocate("other", [wish("80", 80)])).toEqual({ "80/tcp": 80 });
  });

  test("keeps what an owner had when a later wish is refused", () => {
    const ports = allocator();
    const before = ports.allocate("web", [wish("80")]);
    ports.allocate("db", [wish("5432", 5432)]);
    refusal(() => ports.allocate("web", [wish("80"), wish("5432", 5432)]));
    expect(ports.portsOf("web")).toEqual(before);
  });

  test("refuses to publish one port at two places, and two ports at one", () => {
    const ports = allocator();
    ports.allocate("web", [wish("80", 8080)]);
    expect(refusal(() => ports.allocate("web", [wish("80", 9090)])).message).toBe('Cannot publish port 80/tcp at 9090 on "host-1": it is published at 8080 already');
    expect(refusal(() => ports.allocate("web", [wish("81", 8080)])).code).toBe("no-port");
  });

  test("says that the range is used up", () => {
    const ports = allocator("49000-49001");
    ports.allocate("web", [wish("1"), wish("2")]);
    const error = refusal(() => ports.allocate("db", [wish("3")]));
    expect(error.code).toBe("no-port");
    expect(error.message).toBe('Cannot publish a port of "db" on "host-1": all 2 ports of 49000-49001 are in use');
    expect(error.remedy).toContain("widen the range");
  });

  test.each(["", "0/tcp", "70000", "http", "80/tcp/x", "-1"])("refuses %j as a container port", (port) => {
    expect(refusal(() => allocator().allocate("web", [wish(port)])).code).toBe("invalid-value");
  });

  test.each([0, 65536, 1.5, Number.NaN])("refuses %d as a host port", (port) => {
    expect(refusal(() => allocator().allocate("web", [wish("80", port)])).code).toBe("invalid-value");
  });
});

describe("PortAllocator: ports that come back", () => {
  test("are used again only after the rest of the range", () => {
    const ports = allocator();
    ports.allocate("a", [wish("80")]);
    ports.release("a");
    ports.release("a");
    const given = ["b", "c", "d", "e"].map((owner) => ports.allocate(owner, [wish("80")])["80/tcp"]);
    expect(given).toEqual([49001, 49002, 49003, 49000]);
  });

  test("are left alone for a while when another process has them, and the container gets another", () => {
    let now = 0;
    const ports = allocator("49000-49001", { now: () => now });
    expect(ports.allocate("web", [wish("80"), wish("443", 443)])).toEqual({ "80/tcp": 49000, "443/tcp": 443 });
    ports.taken(49000);
    expect(ports.portsOf("web")).toEqual({ "443/tcp": 443 });
    expect(ports.allocate("web", [wish("80"), wish("443", 443)])).toEqual({ "80/tcp": 49001, "443/tcp": 443 });
    expect(refusal(() => ports.allocate("db", [wish("1")])).code).toBe("no-port");
    now = 600_000;
    expect(ports.allocate("db", [wish("1")])).toEqual({ "1/tcp": 49000 });
  });

  test("may be asked for by number though another process had them: the engine knows better", () => {
    const ports = allocator();
    ports.allocate("web", [wish("80", 80)]);
    ports.taken(80);
    expect(ports.allocate("web", [wish("80", 80)])).toEqual({ "80/tcp": 80 });
  });
});

describe("PortAllocator.rebuild", () => {
  test("takes over what the host's containers have, and nothing else", () => {
    const ports = allocator();
    ports.allocate("gone", [wish("80")]);
    expect(ports.rebuild([{ owner: "web", ports: { "8080/tcp": 49001, "22": 49002 } }, { owner: "db", ports: { "5432/tcp": 5432 } }])).toEqual([]);
    expect(ports.portsOf("web")).toEqual({ "8080/tcp": 49001, "22/tcp": 49002 });
    expect(ports.portsOf("gone")).toEqual({});
    expect(ports.allocate("new", [wish("80"), wish("81")])).toEqual({ "80/tcp": 49003, "81/tcp": 49000 });
  });

  test("leaves a port to the first of two, and tells", () => {
    const ports = allocator();
    const clashes = ports.rebuild([{ owner: "running", ports: { "80/tcp": 80 } }, { owner: "stopped", ports: { "80/tcp": 80 } }]);
    expect(clashes).toEqual([{ owner: "stopped", containerPort: "80/tcp", hostPort: 80, keeper: "running" }]);
    ports.release("stopped");
    expect(ports.portsOf("running")).toEqual({ "80/tcp": 80 });
  });
});

describe("PortAllocator: the range", () => {
  test.each([
    ["49000-49000", 49000],
    ["49000", 49000],
    [" 65535+ ", 65535],
  ])("takes %j", (range, port) => {
    expect(allocator(range).allocate("web", [wish("80")])).toEqual({ "80/tcp": port });
  });

  test.each(["", "65535-49000", "0-10", "49000-70000", "a-b", "49000-", "1-2-3"])("refuses %j", (range) => {
    expect(refusal(() => allocator(range)).code).toBe("invalid-value");
  });
});

describe("PortAllocator: whatever happens, in whatever order", () => {
  const owner = fc.constantFrom("a", "b", "c", "d");
  const port = fc.constantFrom(49000, 49001, 49002, 49003, 80);
  const wishes = fc.array(fc.record({ containerPort: fc.constantFrom("80/tcp", "81/tcp", "80/udp"), hostPort: fc.option(port, { nil: undefined }) }), { maxLength: 4 });
  const happening = fc.oneof(
    fc.record({ kind: fc.constant("allocate" as const), owner, wishes }),
    fc.record({ kind: fc.constant("release" as const), owner }),
    fc.record({ kind: fc.constant("taken" as const), port }),
    fc.record({ kind: fc.constant("rebuild" as const), containers: fc.array(fc.record({ owner, ports: fc.dictionary(fc.constantFrom("80/tcp", "81/tcp"), port) }), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant("later" as const) }),
  );
  const key = (containerPort: string, hostPort: number) => `${hostPort}/${containerPort.split("/")[1] ?? ""}`;

  test("no port is two containers', a refusal changes nothing, and what was granted is what was asked", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40, size: "max" }), (happenings) => {
        let now = 0;
        const mismatches: string[] = [];
        const ports = allocator("49000-49003", { now: () => now });
        const all = (): Record<string, PublishedPorts> => Object.fromEntries(["a", "b", "c", "d"].map((each) => [each, ports.portsOf(each)]));
        for (const what of happenings) {
          const before = all();
          if (what.kind === "allocate") {
            const granted = attempt(() => ports.allocate(what.owner, what.wishes));
            mismatches.push(...(granted === undefined ? differences(before, all()) : ungranted(what.wishes, granted)));
          } else if (what.kind === "release") ports.release(what.owner);
          else if (what.kind === "taken") ports.taken(what.port);
          else if (what.kind === "rebuild") ports.rebuild(what.containers);
          else now += 600_000;
          const held = Object.values(all()).flatMap((published) => Object.entries(published).map(([containerPort, hostPort]) => key(containerPort, hostPort)));
          expect(new Set(held).size).toBe(held.length);
          expect(mismatches).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
