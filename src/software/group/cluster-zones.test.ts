import { beforeEach, describe, expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec, type EntitySpec, type Json, type LocationReference } from "../../model/spec.ts";
import { emptySoftwareProcess } from "../process/software-process.ts";
import { basicApplication, entityBase, starting, stopping } from "../stock/application.ts";
import { SERVICE_PROBLEMS } from "../stock/attributes.ts";
import { STARTABLE } from "../stock/startable.ts";
import { FAILED_SUB_LOCATIONS, SUB_LOCATIONS } from "./cluster-keys.ts";
import { zoneIdOf } from "./cluster-zones.ts";
import { dynamicCluster } from "./dynamic-cluster.ts";

/** Fails to start in the zones with these names. */
let broken: string[] = [];

const member = defineEntityType({
  name: "test.ZoneMember",
  description: "Starts where it is told",
  extends: [entityBase],
  traits: [STARTABLE],
  effectors: [
    effector("start", "", ({ entity }) =>
      starting(entity, async () => {
        if (entity.locations.some((location) => broken.includes(String(location.config["displayName"])))) throw new ClockerError("start-failed", "The zone is down");
      }),
    ),
    effector("stop", "", ({ entity }) => stopping(entity, async () => {})),
  ],
});

let server: SimulatedServer;

beforeEach(async () => {
  broken = [];
  server = await new World({ entityTypes: [member, emptySoftwareProcess] }).open();
});

const asJson = (spec: EntitySpec) => JSON.parse(JSON.stringify(spec)) as Json;
const zoned: LocationReference = { spec: "multi", config: { targets: ["a", "b", "c"].map((displayName) => ({ memory: { displayName } })) } };

async function start(config: Record<string, Json>, location = zoned, type = member.name): Promise<Entity> {
  const cluster = entitySpec(dynamicCluster.name, { displayName: "Cluster", config: { "dynamiccluster.memberspec": asJson(entitySpec(type)), "dynamiccluster.zone.enable": true, ...config } });
  const { start: started } = await server.until(server.deploy(entitySpec(basicApplication.name, { locations: [location], children: [cluster] })));
  await server.until((started?.result ?? Promise.resolve()).catch(() => {}));
  return server.find("Cluster");
}

function zones(cluster: Entity): string {
  return [...cluster.members.values()].map((each) => each.locations.map((location) => location.config["displayName"]).join("+")).join(" ");
}

const problems = (cluster: Entity) => JSON.stringify(cluster.get(SERVICE_PROBLEMS));

describe("Balancing", () => {
  test("spreads members over the zones, and shrinks by the fullest", async () => {
    const cluster = await start({ initialSize: 4 });
    expect([zones(cluster), cluster.get(SUB_LOCATIONS)?.length]).toEqual(["a b c a", 3]);
    await server.invoke(cluster, "resize", { desiredSize: 2 });
    expect(zones(cluster)).toBe("a b");
    await server.invoke(cluster, "resizeByDelta", { delta: 2 });
    expect(zones(cluster)).toBe("a b c a");
  });

  test("replaces a member in its zone", async () => {
    const cluster = await start({ initialSize: 3 });
    const [, second] = [...cluster.members.keys()];
    await server.invoke(cluster, "replaceMember", { memberId: second });
    expect(zones(cluster)).toBe("a c b");
  });

  test("uses the zones that are named, or as many as asked for", async () => {
    expect((await start({ initialSize: 2, "dynamiccluster.numAvailabilityZones": 1 })).get(SUB_LOCATIONS)).toHaveLength(1);
    server = await new World({ entityTypes: [member] }).open();
    expect(problems(await start({ availabilityZoneNames: ["nowhere"] }))).toContain("Number of required zones (1 - nowhere) not satisfied");
    server = await new World({ entityTypes: [member] }).open();
    expect(problems(await start({ numAvailabilityZones: 4 }))).toContain("only 3 available");
  });

  test("leaves out a zone in which members keep failing", async () => {
    broken = ["a"];
    const cluster = await start({ initialSize: 4, initialQuorumSize: 1, quarantineFailedEntities: false });
    expect(zones(cluster)).toBe("b c");
    await server.invoke(cluster, "resize", { desiredSize: 4 });
    expect([zones(cluster), cluster.get(FAILED_SUB_LOCATIONS)?.length]).toEqual(["b c b c", 1]);
    broken = [];
    await server.world.clock.advance(2 * 3_600_000);
    await server.invoke(cluster, "resize", { desiredSize: 5 });
    expect(zones(cluster)).toBe("b c b c a");
  });
});

test("a member spec with a location of its own goes there", async () => {
  const cluster = await start({ initialSize: 1, memberSpec: asJson(entitySpec(member.name, { locations: [{ spec: "memory" }] })) });
  expect([...cluster.members.values()].map((each) => [zoneIdOf(each), each.locations.length])).toEqual([[undefined, 0]]);
});

test("a location without zones is refused, and so is a strategy that it does not know", async () => {
  expect(problems(await start({}, { spec: "memory" }))).toContain("Availability zone extension not supported for location");
  server = await new World({ entityTypes: [member] }).open();
  expect(problems(await start({ zonePlacementStrategy: "Clever" }))).toContain('location \\"multi\\" does not know it');
});

describe("in a Docker cloud", () => {
  const cloud = { spec: "my-docker-cloud" };
  const perHost = async () => {
    const containers = await server.world.containers();
    const counts = server.world.liveEngines().map((engine) => containers.filter((container) => container.engine === engine).length);
    return counts.toSorted((a, b) => a - b);
  };

  test("zones are its hosts", async () => {
    await server.start(cloudSpec({ "docker.host.cluster.initial.size": 2 }));
    const cluster = await start({ initialSize: 4 }, cloud, emptySoftwareProcess.name);
    expect([cluster.members.size, cluster.get(SUB_LOCATIONS)?.length, await perHost()]).toEqual([4, 2, [2, 2]]);
  });

  test("its own strategies place members", async () => {
    await server.start(cloudSpec({ "docker.host.cluster.initial.size": 3 }));
    const cluster = await start({ initialSize: 3, zonePlacementStrategy: { "$brooklyn:object": { type: "brooklyn.location.docker.strategy.BreadthFirstPlacementStrategy" } } }, cloud, emptySoftwareProcess.name);
    expect([cluster.members.size, await perHost()]).toEqual([3, [1, 1, 1]]);
  });

  test("an unknown strategy is refused with those it knows", async () => {
    await server.start(cloudSpec());
    expect(problems(await start({ zonePlacementStrategy: "breadth-frist" }, cloud, emptySoftwareProcess.name))).toContain('Cannot use \\"breadth-frist\\" as a placement strategy');
  });
});
