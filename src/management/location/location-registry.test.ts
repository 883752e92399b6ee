import { beforeEach, describe, expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Location } from "../../model/location.ts";
import { PlaneLocations } from "./location-registry.ts";

let server: SimulatedServer;
let locations: PlaneLocations;

const location = (id: string, spec = id): Location => ({ id, name: id, spec, type: "test", parent: undefined, config: {} });

beforeEach(async () => {
  server = await new World().open();
  const resolver = { prefix: "test", resolve: ({ text }: { text: string }, id: string) => location(id, text) };
  locations = new PlaneLocations(server.plane, [resolver], [
    { id: "distant", name: "distant", displayName: "Distant", spec: "test:far", config: { user: "bob" } },
    { id: "other", name: "other", displayName: "Other", spec: "named:distant", config: {} },
    { id: "loop", name: "loop", displayName: "Loop", spec: "named:back", config: {} },
    { id: "back", name: "back", displayName: "Back", spec: "named:loop", config: {} },
  ]);
});

describe("resolve", () => {
  test("gives the same location for the same spec and config, another for another", () => {
    const first = locations.resolve({ spec: "test:a", config: { x: 1, y: 2 } });
    expect(locations.resolve({ spec: "test:a", config: { y: 2, x: 1 } })).toBe(first);
    expect(locations.resolve({ spec: "test:a", config: { x: 2 } })).not.toBe(first);
    expect(locations.location(first.id)).toBe(first);
  });

  test("follows names, in a blueprint's spelling or Brooklyn's", () => {
    const found = locations.resolve({ spec: "distant" });
    expect([found.spec, locations.resolve({ spec: "named:distant" }), locations.resolve({ spec: "other" }).spec]).toEqual(["test:far", found, "test:far"]);
    expect(() => locations.resolve({ spec: "loop" })).toThrow("Circular reference");
  });

  test("of what nobody knows names what is near, or all that is known", () => {
    expect(() => locations.resolve({ spec: "tset:a" })).toThrow("Unknown location 'tset:a'");
    expect(() => locations.check({ spec: "distnt" })).toThrow(expect.objectContaining({ code: "unknown-location", remedy: 'Did you mean "distant"?', details: { known: ["distant", "other", "loop", "back", "test"] } }) as Error);
  });
});

describe("names", () => {
  test("are reserved, registered and taken back, and told of", () => {
    const told: string[] = [];
    server.plane.events.subscribe((event) => void ("name" in event && event.kind.startsWith("location") && told.push(`${event.kind} ${event.name}`)));
    locations.reserve("cloud");
    expect(() => locations.reserve("cloud")).toThrow("the name is already taken");
    expect(locations.isTaken("cloud")).toBe(true);
    expect(() => locations.check({ spec: "cloud" })).toThrow("Unknown location");
    locations.register("cloud", location("c1"));
    expect([locations.resolve({ spec: "cloud" }).id, locations.location("c1")?.id, locations.definitions().map(({ name }) => name)]).toEqual(["c1", "c1", ["back", "cloud", "distant", "loop", "other"]]);
    expect(() => locations.register("cloud", location("c2"))).toThrow("the name is already taken");
    locations.unregister("cloud");
    expect([locations.isTaken("cloud"), locations.location("c1"), told]).toEqual([false, undefined, ["location-added cloud", "location-removed cloud"]]);
  });

  test.each(["distant", "test"])("of what is there already cannot be taken: %s", (name) => {
    expect(() => locations.reserve(name)).toThrow("the name is already taken");
  });
});

test("Locations keep their ids over a restart, and those of a Docker cloud are never stored", async () => {
  const { world } = server;
  const cloud = await server.start(cloudSpec());
  server.locations.resolve({ spec: `docker:${cloud.id}` });
  const [host] = server.of("clocker.docker.entity.DockerHost");
  expect(server.locations.resolve({ spec: `docker:${cloud.id}:${host?.id}` }).id).toBe(host?.id);
  const { id } = server.locations.resolve({ spec: "memory" });
  await server.crash();
  const restarted = await world.open();
  expect([restarted.locations.resolve({ spec: "memory" }).id, [...restarted.plane.documents.all("location").keys()], restarted.logged]).toEqual([id, [id], []]);
});
