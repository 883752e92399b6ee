import { expect, it } from "vitest";
import { deployed, type Application, type Places } from "../../support/places.ts";
import { SLEEP } from "./commands.ts";

/** Entities that hold others, over several places at once. */
export function groups(places: () => Places): void {
  it("applications, entities and groups of every kind run together, and follow what is in them", async () => {
    const services = [
      { type: "org.apache.brooklyn.entity.stock.BasicApplication", name: "inner", "brooklyn.children": [{ ...process("deep"), location: "localhost" }] },
      { type: "org.apache.brooklyn.entity.stock.BasicEntity", name: "entity", "brooklyn.config": { note: "kept" }, "brooklyn.initializers": [{ type: "static-sensor", "brooklyn.config": { name: "note", "static.value": '$brooklyn:config("note")' } }] },
      { type: "org.apache.brooklyn.entity.stock.BasicStartable", name: "startable", "brooklyn.children": [process("below")] },
      { type: "org.apache.brooklyn.entity.group.BasicGroup", name: "group", childrenAsMembers: true, "brooklyn.children": [process("member")] },
      { type: "org.apache.brooklyn.entity.group.DynamicGroup", name: "running", entityFilter: { sensor: "service.process.isRunning", equals: true } },
      { type: "org.apache.brooklyn.entity.group.SequenceGroup", name: "sequence", "sequence.start": 10, "sequence.format": "n%d", entityFilter: { sensor: "service.process.isRunning", equals: true } },
    ];
    await deployed(places(), { name: "kinds", location: "localhost", services }, async (app) => {
      // A group starts nothing, as in Brooklyn; what was started in it goes with the application all the same.
      expect(await app.sensors("member")).toMatchObject({ "service.isUp": false });
      await app.invoke("member", "start");
      for (const name of ["kinds", "inner", "startable", "deep", "below", "member"]) expect(await app.sensors(name)).toMatchObject({ "service.isUp": true, "service.state": "RUNNING" });
      await app.becomes("entity", "note", (note) => note === "kept");
      expect(namesIn(await app.sensors("group"))).toEqual(["member"]);
      expect(namesIn(await app.sensors("running")).sort()).toEqual(["below", "deep", "member"]);
      await app.invoke("below", "stop");
      await app.becomes("running", "group.members.count", (count) => count === 2);
      expect(await app.sensors("startable")).toMatchObject({ "service.isUp": false });
      await app.invoke("inner", "restart");
      expect(await app.sensors("deep")).toMatchObject({ "service.state": "RUNNING" });
    });
  });

  it("a fabric has a member in each location: containers, a machine over SSH and this computer; regions come and go", async () => {
    const locations = [places().location("container"), places().location("ssh")];
    const fabric = { type: "fabric", name: "fabric", "dynamicfabric.displayNamePrefix": "in ", memberSpec: { "$brooklyn:entitySpec": { ...process("member"), name: undefined } } };
    await deployed(places(), { name: "everywhere", locations, services: [fabric] }, async (app) => {
      expect(namesIn(await app.sensors("fabric")).sort()).toEqual(["in byon", "in containers"]);
      const region = String(await app.invoke("fabric", "addRegion", { location: "localhost" }));
      expect(await app.api.sensors(app.id, region)).toMatchObject({ "service.isUp": true, "host.address": "127.0.0.1" });
      expect(await app.sensors("fabric")).toMatchObject({ "group.members.count": 3, "service.isUp": true });
      await app.invoke("fabric", "removeRegion", { id: region });
      expect(namesIn(await app.sensors("fabric")).sort()).toEqual(["in byon", "in containers"]);
    });
  });

  it("a plain fabric starts and stops its members with itself", async () => {
    const fabric = { type: "org.apache.brooklyn.entity.group.DynamicFabric", name: "fabric", memberSpec: { "$brooklyn:entitySpec": process("member") } };
    await deployed(places(), { name: "plain", locations: ["localhost", places().location("ssh")], services: [fabric] }, async (app) => {
      expect(await app.sensors("fabric")).toMatchObject({ "group.members.count": 2, "service.isUp": true });
      await app.invoke("fabric", "stop");
      expect(await app.sensors("fabric")).toMatchObject({ "service.isUp": false, "service.state": "STOPPED" });
      await app.invoke("fabric", "start", {});
      expect(await app.sensors("fabric")).toMatchObject({ "service.isUp": true, "service.state": "RUNNING" });
    });
  });

  it("a cluster is balanced over the zones of a multi location, growing and shrinking", async () => {
    const targets = ["localhost", { byon: (places().byon([0]) as { byon: object }).byon }];
    await deployed(places(), { name: "zoned", location: { multi: { targets } }, services: [cluster({ initialSize: 4 })] }, async (app) => {
      expect(await zonesOf(app)).toEqual([2, 2]);
      const addresses = async (): Promise<Set<unknown>> => new Set(await Promise.all((await membersOf(app)).map(async (id) => (await app.api.sensors(app.id, id))["host.address"])));
      expect((await addresses()).size).toBe(2);
      await app.invoke("cluster", "resize", { desiredSize: 2 });
      expect(await zonesOf(app)).toEqual([1, 1]);
      expect((await addresses()).size).toBe(2);
    });
  });

  it("a cluster is balanced over the hosts of a Docker cloud, which are its zones", async () => {
    await deployed(places(), { name: "hosts", location: "containers", services: [cluster({ initialSize: 4 })] }, async (app) => {
      expect(await zonesOf(app)).toEqual([2, 2]);
      const hosts = await Promise.all(
        (await membersOf(app)).map(async (id) => {
          const container = (await app.api.sensors(app.id, id))["docker.container"] as { id: string };
          return ((await app.api.sensors(places().cloudId, container.id))["docker.host"] as { id: string }).id;
        }),
      );
      expect([...new Set(hosts)].map((host) => hosts.filter((each) => each === host).length)).toEqual([2, 2]);
    });
  });

  it("machines that two lists of hosts share go to one at a time", async () => {
    const once = (): unknown => places().byon([1], 1);
    await deployed(places(), { name: "first", location: once(), services: [process("first")] }, async () => {
      const { id, taskId } = await places().api.deploy(JSON.stringify({ name: "second", location: { byon: { ...(once() as { byon: object }).byon, displayName: "another list" } }, services: [process("second")] }));
      const task = await places().api.ended(taskId);
      expect(JSON.stringify(task)).toContain("all are in use");
      await places().api.remove(id);
    });
    await deployed(places(), { name: "third", location: once(), services: [process("third")] }, async (app) => {
      expect(await app.sensors("third")).toMatchObject({ "service.isUp": true });
    });
  });
}

function cluster(config: object): Record<string, unknown> {
  return { type: "cluster", name: "cluster", enableAvailabilityZones: true, memberSpec: { "$brooklyn:entitySpec": process("member") }, ...config };
}

function process(name: string): Record<string, unknown> {
  return { type: "vanilla", name, "brooklyn.config": { "launch.command": SLEEP } };
}

async function membersOf(app: Application): Promise<string[]> {
  return ((await app.sensors("cluster"))["group.members"] as { id: string }[]).map(({ id }) => id);
}

/** How many members are in each zone. */
async function zonesOf(app: Application): Promise<number[]> {
  const zones = await Promise.all((await membersOf(app)).map(async (id) => ((await app.api.sensors(app.id, id))["cluster.member.zone"] as { id: string }).id));
  return [...new Set(zones)].map((zone) => zones.filter((each) => each === zone).length);
}

function namesIn(sensors: Readonly<Record<string, unknown>>): string[] {
  return (sensors["group.members"] as { name: string }[]).map(({ name }) => name);
}
