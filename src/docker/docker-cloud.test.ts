import { expect, test } from "vitest";
import { cloudSpec, World } from "../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../test/support/simulated-software.ts";
import { SERVICE_STATE, SERVICE_UP } from "../software/stock/attributes.ts";
import * as keys from "./keys.ts";

test("A cloud starts its hosts, takes applications, and goes without a trace", async () => {
  const world = new World({ entityTypes: [webServer] });
  const server = await world.open();
  const cloud = await server.start(cloudSpec({ "docker.host.cluster.initial.size": 2 }));
  expect([cloud.get(SERVICE_STATE), cloud.get(SERVICE_UP), cloud.get(keys.HOSTS_TOTAL)]).toEqual(["RUNNING", true, 2]);
  const web = await server.start(webApplication(3));
  expect([web.get(SERVICE_STATE), web.get(SERVICE_UP), cloud.get(keys.CONTAINERS_TOTAL)]).toEqual(["RUNNING", true, 3]);
  expect(await world.containers()).toHaveLength(3);
  await server.until(server.applications.destroy(web).result);
  expect(await world.containers()).toEqual([]);
  await server.until(server.applications.destroy(cloud).result);
  expect(world.cloud.machines.size).toBe(0);
  expect(server.plane.entities.size).toBe(0);
  expect(server.logged).toEqual([]);
});
