import { beforeEach, expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { entitySpec, type EntitySpec } from "../../model/spec.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";
import { INFRASTRUCTURE } from "../keys.ts";

let world: World;
let server: SimulatedServer;

beforeEach(async () => {
  world = new World();
  server = await world.open();
});

const service = (location: string): EntitySpec =>
  entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", {
    displayName: "App",
    locations: [{ spec: location }],
    children: [entitySpec("brooklyn.clocker.example.MicroserviceImage", { displayName: "service", config: { "docker.image.name": "redis", "docker.container.name": "cache" } })],
  });

test("a micro-service brings its own Docker host where it has none, and takes it along", async () => {
  const application = await server.start(service("memory"));
  expect([server.find("service").get(SERVICE_STATE), server.of(INFRASTRUCTURE).length, world.cloud.machines.size, (await world.containers()).map(({ name }) => name), server.locations.isTaken("docker-cache")]).toEqual(["RUNNING", 1, 1, ["cache"], true]);
  await server.invoke(server.find("service"), "stop");
  expect([server.of(INFRASTRUCTURE).length, world.cloud.machines.size, server.locations.isTaken("docker-cache")]).toEqual([0, 0, false]);
  await server.invoke(server.find("service"), "start");
  expect([server.find("service").get(SERVICE_STATE), world.cloud.machines.size]).toEqual(["RUNNING", 1]);
  await server.until(server.applications.destroy(application).result);
  expect([server.plane.entities.size, world.cloud.machines.size]).toEqual([0, 0]);
});

test("a micro-service in a Docker cloud is a container there", async () => {
  await server.start(cloudSpec());
  await server.start(service("my-docker-cloud"));
  expect([server.of(INFRASTRUCTURE).length, world.cloud.machines.size, (await world.containers()).length]).toEqual([1, 1, 1]);
});

test("a micro-service whose host cannot be had fails with the reason, and leaves nothing when it is deleted", async () => {
  world = new World({ capacity: 0 });
  server = await world.open();
  const { application, start } = await server.until(server.deploy(service("memory")));
  await expect(server.until(start?.result ?? Promise.resolve())).rejects.toMatchObject({ cause: { message: expect.stringContaining("No machines available") as string } });
  await server.until(server.applications.destroy(application).result);
  expect([server.plane.entities.size, server.locations.isTaken("docker-cache")]).toEqual([0, false]);
});
