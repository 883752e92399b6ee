import { beforeEach, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type EntitySpec, type Json, type LocationReference } from "../../model/spec.ts";
import { basicApplication, basicStartable } from "../stock/application.ts";
import { SERVICE_STATE } from "../stock/attributes.ts";
import { dynamicCluster } from "./dynamic-cluster.ts";
import { dynamicFabric, FABRIC_SIZE } from "./dynamic-fabric.ts";
import { dynamicRegionsFabric } from "./dynamic-regions-fabric.ts";

const asJson = (spec: EntitySpec) => JSON.parse(JSON.stringify(spec)) as Json;
const place = (name: string): LocationReference => ({ spec: "memory", config: { displayName: name } });
let server: SimulatedServer;

beforeEach(async () => {
  server = await new World().open();
});

async function start(type: string, config: Record<string, Json>, locations = [place("north"), place("south")], children: EntitySpec[] = []): Promise<Entity> {
  const { start: started } = await server.until(server.deploy(entitySpec(basicApplication.name, { locations, children: [entitySpec(type, { displayName: "Fabric", config, children })] })));
  await server.until((started?.result ?? Promise.resolve()).catch(() => {}));
  return server.find("Fabric");
}

const spots = (fabric: Entity) => [...fabric.members.values()].map((member) => member.locations.map((location) => location.config["displayName"]).join("+"));

test("a fabric starts a member in each location, and counts their members", async () => {
  const cluster = entitySpec(dynamicCluster.name, { displayName: "cluster", config: { initialSize: 2, memberSpec: asJson(entitySpec(basicStartable.name)) } });
  const fabric = await start(dynamicFabric.name, { memberSpec: asJson(cluster), displayNamePrefix: "at ", firstMemberSpec: asJson({ ...cluster, config: { ...cluster.config, initialSize: 1 } }) });
  expect([fabric.get(SERVICE_STATE), spots(fabric), fabric.get(FABRIC_SIZE)]).toEqual(["RUNNING", ["north", "south"], 3]);
  expect([...fabric.members.values()].map((member) => member.displayName)).toEqual(["at memory", "at memory"]);
  await server.invoke(fabric, "restart");
  expect([fabric.get(SERVICE_STATE), fabric.members.size]).toEqual(["RUNNING", 2]);
});

test("children of the blueprint are members and take locations first, unless told otherwise", async () => {
  const own = entitySpec(basicStartable.name, { displayName: "own" });
  const fabric = await start(dynamicFabric.name, { memberSpec: asJson(entitySpec(basicStartable.name)) }, undefined, [own]);
  expect([spots(fabric), fabric.children.length]).toEqual([["north", "south"], 2]);
  const second = await new World().open();
  server = second;
  const other = await start(dynamicFabric.name, { memberSpec: asJson(entitySpec(basicStartable.name)), includeInitialChildren: false }, undefined, [own]);
  expect([spots(other), other.children.length, other.children[0]?.get(SERVICE_STATE)]).toEqual([["north", "south"], 3, "RUNNING"]);
});

test("a fabric without locations or a member spec says so", async () => {
  const none = await start(dynamicFabric.name, { memberSpec: asJson(entitySpec(basicStartable.name)) }, []);
  expect(JSON.stringify(none.sensorValue("service.problems")?.value)).toContain("one or more locations must be supplied");
  server = await new World().open();
  expect(JSON.stringify((await start(dynamicFabric.name, {})).sensorValue("service.problems")?.value)).toContain("dynamicfabric.memberspec");
});

test("regions are added and removed while it runs", async () => {
  const fabric = await start(dynamicRegionsFabric.name, { memberSpec: asJson(entitySpec(basicStartable.name, { displayName: "member" })) });
  const id = await server.invoke(fabric, "addRegion", { location: "memory(displayName=west)" });
  expect([fabric.members.size, fabric.members.get(String(id))?.get(SERVICE_STATE), fabric.locations.length]).toEqual([3, "RUNNING", 3]);
  await server.invoke(fabric, "removeRegion", { id });
  expect([fabric.members.size, fabric.locations.length, server.plane.entity(String(id))]).toEqual([2, 2, undefined]);
  await expect(server.invoke(fabric, "removeRegion", { id: "nobody" })).rejects.toMatchObject({ code: "not-found" });
  await expect(server.invoke(fabric, "addRegion", { location: "nowhere" })).rejects.toMatchObject({ code: "unknown-location" });
});
