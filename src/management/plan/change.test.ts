import { beforeEach, describe, expect, it } from "vitest";
import { NOTE, quietPolicy, RUNNING_VERSION, service, STARTS, VERSION } from "../../../test/support/changing-software.ts";
import { APPLICATION, applied, changesIn, cluster, image, planOf, shapeOf, shop, shopInCloud, svc } from "../../../test/support/changing-application.ts";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { CONTAINER_IMAGE_NAME, CONTAINER_OF } from "../../docker/keys.ts";
import { referencedId } from "../../docker/container/relations.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec, type EntitySpec } from "../../model/spec.ts";
import { isUp } from "../../model/service-state.ts";
import type { ApplyRequest } from "./apply/changes.ts";
import type { Plan } from "./plan.ts";

let world: World;
let server: SimulatedServer;

beforeEach(async () => {
  world = new World({ entityTypes: [service], adjunctTypes: [quietPolicy] });
  server = await world.open();
});

const plan = (spec: EntitySpec): Plan => planOf(server, spec);
const apply = (spec: EntitySpec, request: ApplyRequest = {}): Promise<unknown> => applied(server, spec, request);
const changes = changesIn;
const shape = shapeOf;

async function stored(): Promise<string> {
  await server.until(server.plane.documents.flush());
  const found: unknown[] = [];
  for await (const each of server.store.load()) if (each.kind !== "task") found.push(each);
  return JSON.stringify(found);
}

describe("plan", () => {
  it("touches nothing: no entity, no document, no task", async () => {
    await server.start(cloudSpec());
    await server.start({ ...shop(svc("db"), image("web", "1")), locations: [{ spec: "my-docker-cloud" }] });
    const before = [await stored(), [...server.plane.entities.all()].length, [...server.plane.tasks.all()].length, server.locations.inUse().length];
    plan(shop(svc("db", "2"), image("web", "2"), svc("new")));
    plan(entitySpec(APPLICATION, { displayName: "Other", locations: [{ spec: "my-docker-cloud" }], children: [image("x", "1")] }));
    plan(entitySpec(APPLICATION, { displayName: "Third", locations: [{ spec: "memory" }, { spec: "nowhere" }], children: [svc("x")] }));
    expect([await stored(), [...server.plane.entities.all()].length, [...server.plane.tasks.all()].length, server.locations.inUse().length]).toEqual(before);
  });

  it("finds nothing to change where the blueprint is the same, however it is written", async () => {
    await server.start(shop(svc("db", "1", { tags: ["x"], policies: [{ type: quietPolicy.name, config: { "quiet.live": 1 } }] }), cluster(2, svc("member"))));
    const again = plan(shop(cluster(2, svc("member")), svc("db", "1", { tags: ["x"], policies: [{ type: quietPolicy.name, config: { "quiet.live": 1 } }] })));
    expect([again.hasChanges, changes(again)]).toEqual([false, []]);
  });

  it("tells what is added, removed, replaced and changed, and why", async () => {
    await server.start(cloudSpec());
    await server.start(entitySpec(APPLICATION, { displayName: "Shop", locations: [{ spec: "my-docker-cloud" }], children: [svc("db"), svc("old"), image("web", "1.4"), cluster(2, svc("m"))] }));
    const told = plan(entitySpec(APPLICATION, { displayName: "Shop", locations: [{ spec: "my-docker-cloud" }], children: [svc("db", "2"), svc("new"), image("web", "1.5"), cluster(3, svc("m", "2"))] }));
    expect(changes(told)).toEqual(["~ Shop/db (restart)", "+ Shop/new", "± Shop/web (replace)", "~ Shop/web (roll)", "- Shop/old"]);
    const [, , web] = told.tree?.children ?? [];
    expect(web?.differences).toEqual([{ kind: "config", key: "image", change: "changed", from: "nginx:1.4", to: "nginx:1.5", effect: "replace", reason: "it needs another container" }]);
    expect(told.tree?.children[3]).toMatchObject({ size: { from: 2, to: 3 }, order: "start-first", members: { outdated: 2, count: 2, differences: [{ key: "svc.version", from: "1", to: "2" }] } });
    expect(told.summary).toEqual({ added: 1, removed: 1, replaced: 1, changed: 2, unchanged: 1, containers: 1 });
  });

  it("says where each container would go, on hosts as they would be, and which hosts would be added", async () => {
    await server.start(cloudSpec({ "docker.container.cluster.maxSize": 2, "docker.host.cluster.maxSize": 2 }));
    const told = plan(entitySpec(APPLICATION, { displayName: "Shop", locations: [{ spec: "my-docker-cloud" }], children: ["a", "b", "c", "d", "e"].map((id) => image(id, "1")) }));
    const placed = told.tree?.children.flatMap(({ placements }) => placements) ?? [];
    expect(placed.map(({ name, host, isNewHost }) => [name, host, isNewHost])).toEqual([["a", "docker-1", false], ["b", "docker-1", false], ["c", "new host 2", true], ["d", "new host 2", true], ["e", undefined, false]]);
    expect(placed[2]?.hosts.map(({ hostName, kept, reason }) => [hostName, kept, reason])).toEqual([["new host 2", true, expect.any(String)], ["docker-1", false, "2 of 2 containers"]]);
    expect(told.hosts).toEqual([{ cloud: "my-docker-cloud", name: "new host 2" }]);
    expect(told.problems).toMatchObject([{ code: "no-capacity", path: "Shop/e", message: expect.stringContaining("limit of 2 hosts") }]);
  });

  it("lets what replaces another take its place into account: first the new one, unless both can't be at once", async () => {
    await server.start(cloudSpec({ "docker.container.cluster.maxSize": 1, "docker.host.cluster.maxSize": 1 }));
    const wanted = (tag: string, config: EntitySpec["config"] = {}) => entitySpec(APPLICATION, { displayName: "Shop", locations: [{ spec: "my-docker-cloud" }], children: [image("web", tag, config)] });
    await server.start(wanted("1"));
    expect(plan(wanted("2")).problems).toMatchObject([{ code: "no-capacity" }]);
    const fixed = plan(wanted("2", { "docker.container.portBindings": { 80: 80 } }));
    expect([fixed.problems, fixed.tree?.children[0]?.order, fixed.tree?.children[0]?.orderReason, fixed.tree?.children[0]?.placements[0]?.host]).toEqual([[], "stop-first", "both would publish port 80 of the host", "docker-1"]);
  });

  it("has secrets nowhere", async () => {
    await server.start(shop(svc("db", "1", { config: { "db.password": "hunter2-old", env: { SECRET_TOKEN: "abc-old-xyz" } } })));
    const told = plan(shop(svc("db", "1", { config: { "db.password": "hunter2-new", env: { SECRET_TOKEN: "abc-new-xyz" } } })));
    expect(changes(told)).toEqual(["~ Shop/db (restart)"]);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|abc-/);
  });

  it("names what waits, and in which order what uses each other changes", async () => {
    await server.start(cloudSpec());
    const wanted = (tag: string) => entitySpec(APPLICATION, {
      displayName: "Shop",
      locations: [{ spec: "my-docker-cloud" }],
      children: [image("web", "1", { env: { DB: '$brooklyn:component("db").attributeWhenReady("host.address")' } }), image("db", tag)],
    });
    const fresh = plan(wanted("1"));
    const typo = plan(shopInCloud(image("web", "1", { env: { DB: '$brooklyn:component("db").attributeWhenReady("host.adress")' } }), image("db", "1")));
    expect([fresh.warnings, typo.warnings]).toEqual([[], [{ message: '"web" waits for the sensor "host.adress" of "db", which nothing there sets', remedy: 'Did you mean "host.address"?', path: "Shop/web" }]]);
    expect(fresh.tree?.children[0]?.waitsFor).toEqual([{ key: "env", on: "db", sensor: "host.address" }]);
    await server.start(wanted("1"));
    const told = plan(wanted("2"));
    expect(changes(told)).toEqual(["± Shop/web (replace)", "± Shop/db (replace)"]);
    expect(told.tree?.children[0]).toMatchObject({ after: ["db"], differences: [{ kind: "reference", key: "db", reason: 'it uses "db", which is replaced' }] });
  });

  it("follows config that is inherited to those who read it", async () => {
    const wanted = (version: string) => entitySpec(APPLICATION, { displayName: "Shop", config: { "svc.version": version }, children: [entitySpec(service.name, { displayName: "reads" }), svc("own", "5"), entitySpec("org.apache.brooklyn.entity.stock.BasicEntity", { displayName: "other" })] });
    await server.start(wanted("1"));
    const told = plan(wanted("2"));
    expect(changes(told)).toEqual(["~ Shop (set)", "~ Shop/reads (restart)"]);
    await apply(wanted("2"));
    expect([server.find("reads").get(RUNNING_VERSION), server.find("own").get(STARTS), plan(wanted("2")).hasChanges]).toEqual(["2", 1, false]);
  });

  it("has the same name for the same plan, and another when the application has changed", async () => {
    const application = await server.start(shop(svc("db")));
    const first = plan(shop(svc("db", "2"))).id;
    expect(plan(shop(svc("db", "2"))).id).toBe(first);
    expect(plan(shop(svc("db", "3"))).id).not.toBe(first);
    application.children[0]?.config.set("svc.note", "by hand");
    const second = plan(shop(svc("db", "2"))).id;
    expect(second).not.toBe(first);
    await expect(apply(shop(svc("db", "2")), { planId: first })).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(`Cannot apply plan ${first}`) });
    await apply(shop(svc("db", "2")), { planId: second });
    expect(server.find("db").get(RUNNING_VERSION)).toBe("2");
  });

  it("refuses what can't be changed while the application runs", async () => {
    await server.start(shop(svc("db")));
    const told = plan(entitySpec("clocker.docker.entity.DockerInfrastructure", { displayName: "Shop" }));
    expect(told.problems).toMatchObject([{ code: "conflict", path: "Shop" }]);
    await expect(apply(entitySpec("clocker.docker.entity.DockerInfrastructure", { displayName: "Shop" }))).rejects.toMatchObject({ code: "conflict" });
  });

  it("needs to be told which of two of one name", async () => {
    await server.start(shop(svc("db")));
    const other = await server.start(shop(svc("db")));
    expect(() => plan(shop(svc("db", "2")))).toThrow("2 applications are called");
    expect(server.applications.planner.plan(JSON.stringify(shop(svc("db", "2"))), { application: other }).plan.application.id).toBe(other.id);
  });
});

describe("apply", () => {
  it("changes config, name, policies and children in place, and then there is nothing to change", async () => {
    const application = await server.start(shop(svc("db", "1", { config: { "svc.note": "a" }, policies: [{ type: quietPolicy.name, config: { "quiet.live": 1 } }] }), svc("old"), svc("kept")));
    const [db, , kept] = application.children;
    const policy = db?.adjuncts.find(({ type }) => type === quietPolicy);
    const wanted = shop(svc("db", "2", { displayName: "Database", config: { "svc.note": "b" }, policies: [{ type: quietPolicy.name, config: { "quiet.live": 2 } }] }), svc("kept"), svc("new", "7"));
    await apply(wanted);
    expect(application.children.map(({ displayName }) => displayName)).toEqual(["Database", "kept", "new"]);
    expect([application.children[0]?.id, db?.get(RUNNING_VERSION), db?.config.peek(NOTE), kept?.get(STARTS), server.find("new").get(RUNNING_VERSION)]).toEqual([db?.id, "2", "b", 1, "7"]);
    // Its key may change while it runs: it is the same policy.
    expect(db?.adjuncts.filter(({ type }) => type === quietPolicy).map(({ id, config }) => [id, config])).toEqual([[policy?.id, { "quiet.live": 2 }]]);
    expect(plan(wanted).hasChanges).toBe(false);
    expect(server.applications.changes.revisions(application).map(({ number, outcome, changes: told }) => [number, outcome, told])).toEqual([[1, "applied", "deployed"], [2, "applied", "1 added, 1 changed, 1 removed"]]);
  });

  it("does not restart what only has config that is read when it is used", async () => {
    await server.start(shop(svc("db")));
    await apply(shop(svc("db", "1", { config: { "svc.note": "x" } })));
    expect([server.find("db").config.peek(NOTE), server.find("db").get(STARTS)]).toEqual(["x", 1]);
  });

  it("replaces a container start-first: the old one goes when the new one is up", async () => {
    await server.start(cloudSpec());
    const wanted = (tag: string) => entitySpec(APPLICATION, { displayName: "Shop", locations: [{ spec: "my-docker-cloud" }], children: [image("first", "1"), image("web", tag), image("last", "1")] });
    const application = await server.start(wanted("1"));
    const old = server.find("web");
    const names: number[] = [];
    server.plane.events.subscribe(() => names.push(application.children.filter((child) => child.planId === "web" && isUp(child)).length));
    await apply(wanted("2"));
    expect(Math.min(...names)).toBe(1);
    expect(old.isManaged).toBe(false);
    expect(application.children.map(({ planId }) => planId)).toEqual(["first", "web", "last"]);
    const container = server.plane.entity(referencedId(server.find("web").get(CONTAINER_OF)) ?? "");
    expect(container?.get(CONTAINER_IMAGE_NAME)).toBe("nginx:2");
    expect((await world.containers()).length).toBe(3);
    expect(plan(wanted("2")).hasChanges).toBe(false);
  });

  it("stops the old one first where both can't be at once, and starts it again when the new one fails", async () => {
    await server.start(cloudSpec());
    const wanted = (tag: string) => shopInCloud(image("web", tag, { "docker.container.portBindings": { 80: 80 } }));
    await server.start(wanted("1"));
    await apply(wanted("2"));
    const imageOf = () => server.plane.entity(referencedId(server.find("web").get(CONTAINER_OF)) ?? "")?.get(CONTAINER_IMAGE_NAME);
    expect([imageOf(), (await world.containers()).length]).toEqual(["nginx:2", 1]);
    const kept = server.find("web").id;
    world.liveEngines()[0]?.failNext("createContainer", new ClockerError("engine-error", "The engine is out of sorts"));
    await expect(apply(wanted("3"))).rejects.toThrow("everything was rolled back");
    expect([imageOf(), (await world.containers()).length, server.find("web").id === kept, isUp(server.find("web"))]).toEqual(["nginx:2", 1, true, true]);
  });

  it("lets policies that name what is replaced find the new one", async () => {
    await server.start(cloudSpec());
    const seen: unknown[] = [];
    const policy = { type: quietPolicy.name, config: { "quiet.live": 1, of: '$brooklyn:component("web")' } };
    const wanted = (tag: string) => shopInCloud(image("web", tag), svc("db", "1", { policies: [policy] }));
    await server.start(wanted("1"));
    const adjunct = server.find("db").adjuncts.find(({ type }) => type === quietPolicy);
    const begin = adjunct?.start.bind(adjunct);
    Object.assign(adjunct ?? {}, {
      start: () => {
        seen.push("begins again");
        begin?.();
      },
    });
    await apply(wanted("2"));
    expect(seen).toEqual(["begins again"]);
  });

  it("rolls the members of a cluster one by one, with never fewer healthy ones than before", async () => {
    await server.start(shop(cluster(3, svc("m"))));
    const web = server.find("web");
    const healthy: number[] = [];
    server.plane.events.subscribe(() => healthy.push([...web.members.values()].filter(isUp).length));
    await apply(shop(cluster(3, svc("m", "2"))));
    expect(Math.min(...healthy)).toBe(3);
    expect(Math.max(...healthy)).toBe(4);
    expect([...web.members.values()].map((member) => member.get(RUNNING_VERSION))).toEqual(["2", "2", "2"]);
    expect(plan(shop(cluster(3, svc("m", "2")))).hasChanges).toBe(false);
  });

  it("does not exceed the largest size of a cluster: then one is missing at a time", async () => {
    await server.start(shop(cluster(3, svc("m"), { "cluster.max.size": 3 })));
    const web = server.find("web");
    const healthy: number[] = [];
    server.plane.events.subscribe(() => healthy.push([...web.members.values()].filter(isUp).length));
    await apply(shop(cluster(3, svc("m", "2"), { "cluster.max.size": 3 })));
    expect([Math.min(...healthy), Math.max(...healthy)]).toEqual([2, 3]);
  });

  it("changes a Docker cloud: its limits count at once, and its hosts are resized", async () => {
    await server.start(cloudSpec({ "docker.container.cluster.maxSize": 1, "docker.host.cluster.maxSize": 1 }));
    await server.start(shopInCloud(image("a", "1")));
    const wanted = cloudSpec({ "docker.container.cluster.maxSize": 2, "docker.host.cluster.maxSize": 2, "docker.host.cluster.initial.size": 2 });
    expect(plan(shopInCloud(image("a", "1"), image("b", "1"), image("c", "1"))).problems).toMatchObject([{ code: "no-capacity" }, { code: "no-capacity" }]);
    expect(changes(plan(wanted))).toEqual(["~ Cloud (resize)"]);
    await apply(wanted);
    expect([plan(wanted).hasChanges, server.of("clocker.docker.entity.DockerHost").length]).toEqual([false, 2]);
    await apply(shopInCloud(image("a", "1"), image("b", "1"), image("c", "1")));
    expect((await world.containers()).length).toBe(3);
  });

  it("changes what a parameter of the application holds for those who read it", async () => {
    const wanted = (value: string) => ({ ...shop(svc("db", '$brooklyn:root().config("wanted")'), svc("other")), parameters: [{ name: "wanted", type: "string", default: value }] });
    await server.start(wanted("7"));
    expect(changes(plan(wanted("8")))).toEqual(["~ Shop (set)", "~ Shop/db (restart)"]);
    await apply(wanted("8"));
    expect([server.find("db").get(RUNNING_VERSION), server.find("other").get(STARTS), plan(wanted("8")).hasChanges]).toEqual(["8", 1, false]);
  });

  it("moves to another location what has a machine", async () => {
    await server.start(cloudSpec());
    await server.start(cloudSpec({}, "other-cloud"));
    const wanted = (location: string) => ({ ...shopInCloud(image("web", "1"), svc("db")), locations: [{ spec: location }] });
    await server.start(wanted("my-docker-cloud"));
    expect(changes(plan(wanted("other-cloud")))).toEqual(["~ Shop (set)", "± Shop/web (replace)", "~ Shop/db (set)"]);
    await apply(wanted("other-cloud"));
    const [machine] = server.find("web").locations.filter((location) => "machine" in location);
    expect([machine?.parent?.name, (await world.containers()).length, plan(wanted("other-cloud")).hasChanges]).toEqual(["other-cloud", 1, false]);
  });

  it("resizes", async () => {
    await server.start(shop(cluster(2, svc("m"))));
    await apply(shop(cluster(4, svc("m"))));
    expect(server.find("web").members.size).toBe(4);
    await apply(shop(cluster(1, svc("m"))));
    expect(server.find("web").members.size).toBe(1);
  });

  it.each([
    ["fails to start", "bad", "Version bad"],
    ["fails soon after", "flaky", "It crashed"],
  ])("puts everything back when a part %s, and says so", async (_what, version, reason) => {
    const before = shop(svc("a"), svc("db"), svc("old"), cluster(2, svc("m")));
    const application = await server.start(before);
    const was = shape(application);
    const wanted = shop(svc("a", "2", { displayName: "A" }), svc("db", version), svc("new"), cluster(3, svc("m", "2")));
    await expect(apply(wanted)).rejects.toMatchObject({ message: expect.stringMatching(/Cannot change "Shop" to revision 2; everything was rolled back and runs as before/), cause: { message: expect.stringContaining(reason) } });
    expect(shape(application)).toEqual(was);
    expect(plan(before).hasChanges).toBe(false);
    expect(server.applications.changes.revisions(application).map(({ outcome }) => outcome)).toEqual(["applied", "rolled back"]);
    expect(server.applications.revisions.current(application)?.number).toBe(1);
  });

  it("puts members back that were made anew before one failed", async () => {
    const application = await server.start(shop(cluster(2, svc("m"), { "dynamiccluster.quarantineFailedEntities": true }), svc("z", "1", { config: { url: '$brooklyn:component("web")' } })));
    const was = shape(application);
    await expect(apply(shop(cluster(2, svc("m", "bad")), svc("z")))).rejects.toThrow("rolled back");
    expect(shape(application)).toEqual(was);
  });

  it("leaves what was done with rollback: false, from where it can be applied again", async () => {
    const application = await server.start(shop(svc("a"), svc("db")));
    const wanted = shop(svc("a", "2"), svc("db", "bad"));
    await expect(apply(wanted, { rollback: false })).rejects.toMatchObject({ remedy: expect.stringContaining("What was done stays") });
    expect([server.find("a").get(RUNNING_VERSION), server.find("db").config.peek(VERSION)]).toEqual(["2", "bad"]);
    expect(server.applications.changes.revisions(application).at(-1)?.outcome).toBe("failed");
    await apply(shop(svc("a", "2"), svc("db", "3")));
    expect([server.find("db").get(RUNNING_VERSION), plan(shop(svc("a", "2"), svc("db", "3"))).hasChanges]).toEqual(["3", false]);
  });

  it("goes back when it is cancelled", async () => {
    const application = await server.start(shop(svc("a"), svc("db")));
    const was = shape(application);
    const { change } = await server.until(server.applications.changes.apply(JSON.stringify(shop(svc("a", "2"), svc("db", "2")))));
    await world.clock.advance(8_000);
    change?.task.cancel(new Error("Enough"));
    await expect(server.until(change?.result ?? Promise.resolve())).rejects.toThrow("rolled back");
    expect(shape(application)).toEqual(was);
  });

  it("goes back to an earlier revision", async () => {
    const application = await server.start(shop(svc("db")));
    await apply(shop(svc("db", "2"), svc("new")));
    const { change } = await server.until(server.applications.changes.rollBack(application, 1));
    await server.until(change?.result ?? Promise.resolve());
    expect(application.children.map((child) => [child.displayName, child.get(RUNNING_VERSION)])).toEqual([["db", "1"]]);
    expect(server.applications.changes.revisions(application).map(({ number, of, note }) => [number, of, note])).toEqual([[1, undefined, undefined], [2, undefined, undefined], [3, 1, "Back to revision 1"]]);
  });

  it("makes the application where there is none", async () => {
    await apply(shop(svc("db")));
    expect(server.find("db").get(RUNNING_VERSION)).toBe("1");
    expect(await apply(shop(svc("db")))).toBeUndefined();
  });

  it("refuses a second change while one is under way", async () => {
    await server.start(shop(svc("db")));
    const first = await server.until(server.applications.changes.apply(JSON.stringify(shop(svc("db", "2")))));
    await expect(apply(shop(svc("db", "3")))).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("another change") });
    expect(plan(shop(svc("db", "3"))).warnings).toMatchObject([{ message: expect.stringContaining("is being changed") }]);
    await server.until(first.change?.result ?? Promise.resolve());
    await apply(shop(svc("db", "3")));
  });

  it("does not start what is stopped", async () => {
    const application = await server.start(shop(svc("db")));
    await server.invoke(server.find("db"), "stop");
    await apply(shop(svc("db", "2")));
    expect([isUp(server.find("db")), server.find("db").config.own().get("svc.version"), application.children.length]).toEqual([false, "2", 1]);
  });

  it("leaves alone what was added or changed by hand", async () => {
    const application = await server.start(shop(svc("db")));
    await server.until(server.applications.addChildren(application, JSON.stringify([svc("by-hand")])));
    server.find("db").config.set("svc.note", "by hand");
    await apply(shop(svc("db", "2")));
    expect([server.find("by-hand").isManaged, server.find("db").config.peek(NOTE)]).toEqual([true, "by hand"]);
  });

  it("compares with the blueprint itself what an earlier release deployed", async () => {
    const application = await server.start(shop(svc("db"), svc("web")));
    for (const id of server.plane.documents.all("made-from").keys()) server.plane.documents.remove("made-from", id);
    expect(changes(plan(shop(svc("db", "2"), svc("web"))))).toEqual(["~ Shop/db (restart)"]);
    await apply(shop(svc("db", "2"), svc("web")));
    expect([application.children.length, plan(shop(svc("db", "2"), svc("web"))).hasChanges]).toEqual([2, false]);
  });
});

