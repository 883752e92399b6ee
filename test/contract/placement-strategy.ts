import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlacementStrategy } from "../../src/docker/placement/strategy.ts";
import type { HostSnapshot, PlacementRequest } from "../../src/docker/placement/types.ts";

/**
 * What holds for every placement strategy (design, 4.4).
 *
 * @param options.reasons what each reason for dropping a host must hold: by default a number, or something quoted.
 */
export function strategyContract(name: string, create: () => PlacementStrategy, options: { reasons?: RegExp } = {}): void {
  describe(`${name}: the contract of placement strategies`, () => {
    test("has a name, and says what it does in one sentence", () => {
      const strategy = create();
      expect(strategy.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(strategy.describe()).toMatch(/\S/);
      expect(strategy.describe()).not.toMatch(/\.$/);
    });

    test("keeps or drops each host, once", () => {
      check((hosts, request) => {
        const { kept, dropped } = create().filter(hosts, request);
        const all = [...kept, ...dropped.map(({ host }) => host)];
        expect(all).toHaveLength(hosts.length);
        expect(new Set(all)).toEqual(new Set(hosts));
      });
    });

    test("gives the same answer to the same question, of one instance or of two", () => {
      check((hosts, request) => {
        const strategy = create();
        const first = strategy.filter(hosts, request);
        expect(strategy.filter(structuredClone(hosts), structuredClone(request))).toEqual(first);
        expect(create().filter(hosts, request)).toEqual(first);
      });
    });

    test("changes neither the hosts nor the request", () => {
      check((hosts, request) => {
        // Frozen things throw when they are written to.
        create().filter(deepFreeze(hosts), deepFreeze(request));
      });
    });

    test("keeps nothing of nothing", () => {
      expect(create().filter([], aRequest())).toEqual({ kept: [], dropped: [] });
    });

    test("says why it drops a host with its numbers, and what it saw in one that it keeps", () => {
      check((hosts, request) => {
        const strategy = create();
        const { kept, dropped } = strategy.filter(hosts, request);
        for (const { reason, group } of dropped) {
          expect(reason).toMatch(options.reasons ?? /[\d"]/);
          for (const sentence of [reason, group ?? reason]) expect(sentence).not.toMatch(/^\s|[.\s]$|undefined|NaN|null/);
        }
        for (const host of kept) expect(strategy.explain(host)).toMatch(/^(?!.*(undefined|NaN|null)).*\S$/);
      });
    });

    refusalContract(create);
  });
}

/** That refusals look at nothing but what the strategy declares: waiting placements rely on it. */
function refusalContract(create: () => PlacementStrategy): void {
  const refusesBy = create().refusesBy ?? ["readings", "request"];
  const idsDropped = (hosts: readonly HostSnapshot[], request: PlacementRequest) =>
    new Set(create().filter(hosts, request).dropped.map(({ host }) => host.id));

  test.skipIf(refusesBy.includes("readings"))("refuses the same hosts whatever their readings", () => {
    check((hosts, request) => {
      const unread = hosts.map(({ cpu: _c, loadAverage: _l, memoryUsedBytes: _u, memoryTotalBytes: _t, ...host }) => host);
      expect(idsDropped(unread, request)).toEqual(idsDropped(hosts, request));
    });
  });

  test.skipIf(refusesBy.includes("request"))("refuses the same hosts whatever is asked for", () => {
    check((hosts, request) => {
      expect(idsDropped(hosts, aRequest())).toEqual(idsDropped(hosts, request));
    });
  });

  test.skipIf(refusesBy.includes("request"))("refuses each host by itself, and one with more containers all the more", () => {
    check((hosts, request) => {
      const dropped = idsDropped(hosts, request);
      for (const host of hosts) {
        expect(idsDropped([host], request).has(host.id)).toBe(dropped.has(host.id));
      }
      const fuller = hosts.filter(({ id }) => dropped.has(id)).map((host) => ({ ...host, containers: host.containers + 1 }));
      expect(idsDropped(fuller, request)).toEqual(dropped);
    });
  });
}

function check(property: (hosts: HostSnapshot[], request: PlacementRequest) => void): void {
  fc.assert(fc.property(someHosts(), someRequest(), property));
}

/** A host that accepts containers, for tests. */
export function aHost(given: Partial<HostSnapshot> = {}): HostSnapshot {
  const order = given.order ?? 1;
  const id = given.id ?? `h${order}`;
  return { id, name: `host-${order}`, hostname: `docker-${order}.example`, order, accepting: true, labels: {}, containers: 0, occupants: [], lastPlaced: 0, ...given };
}

/** A request for tests. */
export function aRequest(given: Partial<PlacementRequest> = {}): PlacementRequest {
  return { entityId: "e1", entityType: "org.example.Web", displayName: "web", applicationId: "app1", properties: {}, ...given };
}

/** Any cloud: hosts in order of creation, in any state. */
export function someHosts(options: { maxLength?: number } = {}): fc.Arbitrary<HostSnapshot[]> {
  return fc.array(someHost(), { maxLength: options.maxLength ?? 8 }).map((hosts) =>
    hosts.map((host, index) => ({ ...host, id: `h${index + 1}`, name: `host-${index + 1}`, order: index + 1 })),
  );
}

function someHost(): fc.Arbitrary<HostSnapshot> {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  return fc
    .record({
      accepting: fc.boolean(),
      notAccepting: fc.constantFrom("starting", "draining", "on fire"),
      arriving: fc.boolean(),
      containers: fc.nat({ max: 12 }),
      maxContainers: maybe(fc.integer({ min: 1, max: 12 })),
      cpu: maybe(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(Number.NaN), fc.constantFrom(0, 0.5, 1))),
      loadAverage: maybe(fc.double({ min: 0, max: 99, noNaN: true })),
      memoryUsedBytes: maybe(fc.nat()),
      memoryTotalBytes: maybe(fc.nat()),
      lastPlaced: fc.nat({ max: 20 }),
      labels: fc.dictionary(fc.constantFrom("ssd", "gpu", "zone"), fc.constantFrom("", "a", "b")),
    })
    .map(({ notAccepting, arriving, ...host }) => aHost({ ...host, ...(host.accepting ? {} : { notAccepting, arriving }) }));
}

export function someRequest(): fc.Arbitrary<PlacementRequest> {
  return fc
    .record({ entityId: fc.constantFrom("e1", "e2", "e3", "e4"), displayName: fc.constantFrom("web", "db"), applicationId: fc.constantFrom("app1", "app2") })
    .map((given) => aRequest(given));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze<unknown>(inner);
    Object.freeze(value);
  }
  return value;
}
