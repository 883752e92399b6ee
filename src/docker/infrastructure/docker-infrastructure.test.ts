import { describe, expect, test } from "vitest";
import { cloudSpec, World } from "../../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../../test/support/simulated-software.ts";
import { ClockerError } from "../../model/errors.ts";
import { CLUSTER_MEMBER_ID } from "../../software/group/cluster-keys.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { DockerCloud } from "../cloud.ts";
import * as keys from "../keys.ts";

const world = (options: { capacity?: number } = {}): World => new World({ entityTypes: [webServer], ...options });

describe("the location of a cloud", () => {
  test("is registered once the hosts are there, and is the first to go at a stop", async () => {
    const server = await world().open();
    const seen: string[] = [];
    server.plane.events.subscribe((event) => {
      if (event.kind === "location-added" || event.kind === "location-removed") seen.push(`${event.kind} ${event.name} with ${server.world.cloud.machines.size} machines`);
    });
    const cloud = await server.start(cloudSpec({ "docker.host.cluster.initial.size": 2 }));
    expect([cloud.get(keys.LOCATION_NAME_SENSOR), cloud.get(keys.LOCATION_SPEC), cloud.get(keys.LOCATION_STATUS)]).toEqual(["my-docker-cloud", `docker:${cloud.id}`, true]);
    await server.until(server.applications.destroy(cloud).result);
    expect(seen).toEqual(["location-added my-docker-cloud with 2 machines", "location-removed my-docker-cloud with 2 machines"]);
  });

  test("is named after the cloud when no name is given", async () => {
    const server = await world().open();
    const cloud = await server.start(cloudSpec({ "entity.dynamicLocation.suffix": "x" }, ""));
    expect(server.locations.isTaken(`dynamic-${cloud.id}-x`)).toBe(true);
  });

  test("with a taken name is an error before anything is provisioned, and leaves the owner its name", async () => {
    const server = await world().open();
    await server.start(cloudSpec());
    const { application, start } = await server.until(server.deploy({ ...cloudSpec(), displayName: "Second" }));
    await expect(server.until(start?.result ?? Promise.resolve())).rejects.toMatchObject({ code: "conflict" });
    expect([application.get(SERVICE_STATE), application.get(SERVICE_UP), server.world.cloud.machines.size]).toEqual(["ON_FIRE", false, 1]);
    expect(Object.values(application.get(SERVICE_PROBLEMS) ?? {}).join()).toContain('"my-docker-cloud"');
    await server.until(server.applications.destroy(application).result);
    expect(server.locations.isTaken("my-docker-cloud")).toBe(true);
    await server.start(webApplication());
  });

  test("is one cloud's only when two start at once", async () => {
    const server = await world().open();
    const both = await Promise.all([server.until(server.deploy(cloudSpec())), server.until(server.deploy({ ...cloudSpec(), displayName: "Second" }))]);
    const outcomes = await server.until(Promise.allSettled(both.map(({ start }) => start?.result ?? Promise.resolve())));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(server.world.cloud.machines.size).toBe(1);
  });

  test("is free again when its cloud could not start", async () => {
    const server = await world({ capacity: 0 }).open();
    const { application, start } = await server.until(server.deploy(cloudSpec()));
    await expect(server.until(start?.result ?? Promise.resolve())).rejects.toMatchObject({ code: "start-failed" });
    expect(Object.values(application.get(SERVICE_PROBLEMS) ?? {}).join()).toContain("No machines available");
    expect([server.locations.isTaken("my-docker-cloud"), application.get(SERVICE_STATE), application.get(SERVICE_UP)]).toEqual([false, "ON_FIRE", false]);
    expect(server.of(keys.DOCKER_HOST)).toEqual([]);
  });

  test("is unknown before its cloud starts and after it went, also by the cloud's id", async () => {
    const server = await world().open();
    await expect(server.until(server.deploy(webApplication()))).rejects.toMatchObject({ code: "unknown-location" });
    const cloud = await server.start(cloudSpec());
    await server.start(webApplication(1, { location: `docker:${cloud.id}` }));
    await server.until(server.applications.destroy(cloud).result);
    await expect(server.until(server.deploy(webApplication()))).rejects.toMatchObject({ code: "unknown-location" });
    expect(server.plane.applications()).toEqual([]);
    expect(() => server.locations.resolve({ spec: `docker:${cloud.id}` })).toThrow("Unknown location");
  });
});

describe("start", () => {
  test("without a location, or with two, says so", async () => {
    const server = await world().open();
    for (const locations of [[], [{ spec: "memory" }, { spec: "memory(a=1)" }]]) {
      const { start } = await server.until(server.deploy({ ...cloudSpec(), locations }));
      await expect(server.until(start?.result ?? Promise.resolve())).rejects.toThrow(`exactly one location must be given, not ${locations.length}`);
    }
  });

  test("while it starts is refused, and does not disturb the first", async () => {
    const w = world();
    w.cloud.options.makingTime = 10_000;
    const server = await w.open();
    const { application, start } = await server.until(server.deploy(cloudSpec()));
    await w.clock.advance(1_000);
    await expect(server.invoke(application, "start")).rejects.toMatchObject({ code: "conflict" });
    await server.until(start?.result ?? Promise.resolve());
    expect([application.get(SERVICE_STATE), w.cloud.machines.size]).toEqual(["RUNNING", 1]);
  });

  test("a host that cannot be set up is quarantined with its reason, and the next start has another try", async () => {
    const w = world();
    w.onConnect = (machine) => machine.on(/has dockerd/, { exitCode: 3, stderr: "no such command" });
    const server = await w.open();
    const { application: cloud, start } = await server.until(server.deploy(cloudSpec()));
    await expect(server.until(start?.result ?? Promise.resolve())).rejects.toMatchObject({ code: "start-failed" });
    expect([cloud.get(SERVICE_STATE), server.find("docker-1").get(SERVICE_STATE), server.find("docker-1").get(SERVICE_UP)]).toEqual(["ON_FIRE", "ON_FIRE", false]);
    expect(server.find("quarantine").members.size).toBe(1);
    w.onConnect = () => {};
    await server.invoke(cloud, "start");
    expect([cloud.get(SERVICE_STATE), cloud.get(keys.HOSTS_TOTAL), w.cloud.machines.size]).toEqual(["RUNNING", 1, 2]);
    await server.until(server.applications.destroy(cloud).result);
    expect([w.cloud.machines.size, server.plane.entities.size]).toEqual([0, 0]);
  });

  test("cancelled gives the machines back", async () => {
    const w = world();
    w.cloud.options.makingTime = 10_000;
    const server = await w.open();
    const { application, start } = await server.until(server.deploy(cloudSpec({ "docker.host.cluster.initial.size": 3 })));
    await w.clock.advance(1_000);
    start?.task.cancel(new ClockerError("cancelled", "Enough"));
    await expect(server.until(start?.result ?? Promise.resolve())).rejects.toMatchObject({ code: "cancelled" });
    expect([start?.task.state, w.cloud.machines.size, application.get(SERVICE_STATE), server.of(keys.DOCKER_HOST)]).toEqual(["cancelled", 0, "ON_FIRE", []]);
    expect(server.locations.isTaken("my-docker-cloud")).toBe(false);
  });
});

describe("resize", () => {
  test("adds hosts, removes the newest empty ones, and never one with containers", async () => {
    const server = await world().open();
    const cloud = await server.start(cloudSpec({ "docker.container.cluster.maxSize": 1 }));
    await server.invoke(cloud, "resize", { desiredSize: 3 });
    await server.start(webApplication(1, { name: "One" }));
    await server.start(webApplication(1, { name: "Two" }));
    expect(await server.invoke(cloud, "resize", { desiredSize: 2 })).toBe(2);
    expect(server.of(keys.DOCKER_HOST).map((host) => host.get(CLUSTER_MEMBER_ID))).toEqual([1, 2]);
    await expect(server.invoke(cloud, "resize", { desiredSize: 1 })).rejects.toThrow('"docker-1" holds 1 container; "docker-2" holds 1 container');
    expect(cloud.get(keys.HOSTS_TOTAL)).toBe(2);
    // A refused shrink leaves no host closed.
    expect(DockerCloud.of(cloud).pool.hosts().map(({ accepting }) => accepting)).toEqual([true, true]);
  });

  test("one after the other, however many are asked for at once", async () => {
    const server = await world().open();
    const cloud = await server.start(cloudSpec());
    server.world.cloud.options.makingTime = 1_000;
    await Promise.all([3, 2, 4].map((size) => server.invoke(cloud, "resize", { desiredSize: size })));
    expect([cloud.get(keys.HOSTS_TOTAL), server.world.cloud.machines.size]).toEqual([4, 4]);
  });

  test("beyond the limit is refused", async () => {
    const server = await world().open();
    const cloud = await server.start(cloudSpec({ "docker.host.cluster.maxSize": 2 }));
    await expect(server.invoke(cloud, "resize", { desiredSize: 3 })).rejects.toMatchObject({ code: "no-capacity" });
    expect(server.world.cloud.machines.size).toBe(1);
  });

  test("a host that cannot be given back stays, and takes containers again once it is restarted", async () => {
    const server = await world().open();
    const cloud = await server.start(cloudSpec({ "docker.host.cluster.initial.size": 2 }));
    const release = server.world.cloud.machines.delete.bind(server.world.cloud.machines);
    server.world.cloud.machines.delete = () => {
      throw new ClockerError("unreachable", "The provider is away");
    };
    await expect(server.invoke(cloud, "resize", { desiredSize: 1 })).rejects.toThrow("The provider is away");
    expect([cloud.get(keys.HOSTS_TOTAL), server.find("docker-2").get(SERVICE_STATE)]).toEqual([2, "ON_FIRE"]);
    server.world.cloud.machines.delete = release;
    await server.invoke(server.find("docker-2"), "restart");
    expect(DockerCloud.of(cloud).pool.hosts().map(({ accepting }) => accepting)).toEqual([true, true]);
  });
});

test("Totals and averages follow hosts and containers", async () => {
  const server = await world().open();
  const cloud = await server.start(cloudSpec({ "docker.host.cluster.initial.size": 2 }));
  const totals = () => [keys.HOSTS_TOTAL, keys.HOSTS_IDLE, keys.CONTAINERS_TOTAL].map((sensor) => cloud.get(sensor));
  expect(totals()).toEqual([2, 2, 0]);
  const web = await server.start(webApplication(3));
  expect(totals()).toEqual([2, 1, 3]);
  await server.until(server.applications.destroy(web).result);
  expect(totals()).toEqual([2, 2, 0]);
});

test("Groups hold all containers, and the entities of each application", async () => {
  const server = await world().open();
  const cloud = await server.start(cloudSpec());
  const one = await server.start(webApplication(2, { name: "One" }));
  await server.start(webApplication(1, { name: "Two" }));
  const names = (group: string) => [...server.find(group).members.values()].map((member) => member.displayName).sort();
  expect(names("All Docker Containers")).toEqual(["clocker-01", "clocker-02", "clocker-03"]);
  expect(names("Docker Applications")).toEqual(["One", "Two"]);
  const buckets = server.find("Docker Applications").children.map((bucket) => [...bucket.members.values()].map((member) => member.displayName).sort());
  expect(buckets).toEqual([["One 1", "One 2"], ["Two 1"]]);
  await server.until(server.applications.destroy(one).result);
  expect([names("All Docker Containers"), names("Docker Applications")]).toEqual([["clocker-03"], ["Two"]]);
  await server.until(server.applications.destroy(cloud).result);
  expect(server.plane.entities.size).toBe(0);
});

test.each([
  ["2014's bare number is seconds", 900, 60_000, "RUNNING"],
  ["a duration is what it says", "30s", 60_000, "ON_FIRE"],
])("start.timeout of a host: %s", async (_rule, timeout, makingTime, state) => {
  const w = world();
  w.cloud.options.makingTime = makingTime;
  const server = await w.open();
  const { application, start } = await server.until(server.deploy(cloudSpec({ "start.timeout": timeout })));
  await server.until(start?.result ?? Promise.resolve()).catch(() => {});
  expect(application.get(SERVICE_STATE)).toBe(state);
});
