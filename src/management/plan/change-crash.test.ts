import { expect, test } from "vitest";
import { applied, cluster, image, planOf, shapeOf, shopInCloud, svc } from "../../../test/support/changing-application.ts";
import { service } from "../../../test/support/changing-software.ts";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { CONTAINER_LABEL } from "../../docker/keys.ts";
import type { EntitySpec } from "../../model/spec.ts";

const uses = '$brooklyn:component("web").attributeWhenReady("service.isUp")';
const before = shopInCloud(image("web", "1"), image("user", "1", { env: { WEB: uses } }), svc("db"), svc("old"), cluster(2, svc("m"), {}, "many"));
const after = shopInCloud(image("web", "2"), image("user", "1", { env: { WEB: uses } }), svc("db", "2"), svc("new"), cluster(3, svc("m", "2"), {}, "many"));

/** The run that ended in the middle of the change; undefined when that came to its end before. */
async function crashAt(world: World, point: number): Promise<SimulatedServer | undefined> {
  const first = await world.open();
  await first.start(cloudSpec({ "docker.container.cluster.maxSize": 9 }));
  await first.start(before);
  await first.crash();
  const second = await world.open();
  second.life.dieAfter(point);
  const outcome = await world.clock.until(Promise.race([applied(second, after).then(() => "done"), second.life.ended.then(() => "crashed")]));
  return outcome === "done" ? undefined : second;
}

function found(server: SimulatedServer): unknown {
  return shapeOf(server.find("Shop"));
}

async function expectedShape(spec: EntitySpec): Promise<unknown> {
  const world = new World({ entityTypes: [service] });
  const server = await world.open();
  await server.start(cloudSpec());
  await server.start(spec);
  const shape = found(server);
  server.life.kill();
  return shape;
}

test.each([
  ["forward", after],
  ["back", before],
])("After a crash at any point of a change, applying goes %s to a whole application", async (_way, target) => {
  const wanted = sorted(await expectedShape(target));
  let points = 0;
  for (let point = 1; ; point += 4) {
    const world = new World({ entityTypes: [service] });
    const crashed = await crashAt(world, point);
    if (crashed === undefined) break;
    points++;
    const at = `crash ${point}, ${crashed.life.passed.at(-1)}`;
    const server = await world.open();
    await world.clock.advance(5_000);
    await applied(server, target);
    const containers = (await world.containers()).filter(({ labels }) => labels[CONTAINER_LABEL] !== undefined).length;
    expect([at, planOf(server, target).hasChanges, sorted(found(server)), containers]).toEqual([at, false, wanted, 2]);
    server.life.kill();
  }
  expect(points).toBeGreaterThan(10);
}, 120_000);

function sorted(shape: unknown): unknown {
  if (typeof shape !== "object" || shape === null || !("children" in shape) || !Array.isArray(shape.children)) return shape;
  return { ...shape, children: shape.children.map(sorted).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) };
}
