import fc from "fast-check";
import { expect, test } from "vitest";
import { applied, cluster, image, planOf, shapeOf, shopInCloud, svc } from "../../../test/support/changing-application.ts";
import { quietPolicy, service } from "../../../test/support/changing-software.ts";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { CONTAINER_LABEL } from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import { isUp } from "../../model/service-state.ts";
import { entitySpec, type EntitySpec } from "../../model/spec.ts";

const ids = ["a", "b", "c", "d"] as const;

interface Part {
  readonly kind: "svc" | "cluster" | "image" | "group" | "none";
  readonly version: string;
  readonly size: number;
  readonly note: number;
  readonly uses: (typeof ids)[number] | undefined;
  readonly quiet: number | undefined;
}

const part: fc.Arbitrary<Part> = fc.record({
  kind: fc.constantFrom("svc" as const, "svc" as const, "cluster" as const, "image" as const, "group" as const, "none" as const),
  version: fc.constantFrom("1", "2"),
  size: fc.integer({ min: 1, max: 3 }),
  note: fc.integer({ min: 0, max: 1 }),
  uses: fc.option(fc.constantFrom(...ids), { nil: undefined }),
  quiet: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
});
const parts = fc.array(part, { minLength: ids.length, maxLength: ids.length });
const inherited = fc.constantFrom<EntitySpec["config"]>({}, { "svc.note": "x" }, { "svc.version": "9" });
const blueprint = fc.record({ parts, inherited });

/** What uses another names it in its config, and does not wait for it: whatever is used may be gone. */
function specOf({ parts: each, inherited: config }: { parts: readonly Part[]; inherited: EntitySpec["config"] }, broken?: number): EntitySpec {
  return { ...shopInCloud(...each.flatMap((of, index) => childOf(of, ids[index] ?? "x", index === broken))), config };
}

function childOf({ kind, version, size, note, uses, quiet }: Part, id: string, isBroken: boolean): EntitySpec[] {
  const wanted = isBroken ? "bad" : version;
  const config = { "svc.note": `note ${note}`, ...(uses === undefined || uses === id ? {} : { other: `$brooklyn:component("${uses}")` }) };
  const policies = quiet === undefined ? [] : [{ type: quietPolicy.name, config: { "quiet.live": quiet, ...(quiet === 2 ? { "quiet.fixed": 1 } : {}) } }];
  if (kind === "svc") return [svc(id, wanted, { config, policies })];
  if (kind === "cluster") return [cluster(size, svc("member", wanted), config, id)];
  if (kind === "image" && !isBroken) return [image(id, version, config)];
  if (kind === "group" || isBroken) return [entitySpec("org.apache.brooklyn.entity.stock.BasicStartable", { planId: id, displayName: id, config, policies, children: [svc(`${id}-inner`, wanted)] })];
  return [];
}

async function open(): Promise<{ world: World; server: SimulatedServer }> {
  const world = new World({ entityTypes: [service], adjunctTypes: [quietPolicy] });
  const server = await world.open();
  await server.start(cloudSpec({ "docker.container.cluster.maxSize": 20 }));
  return { world, server };
}

/** Clusters and services that are there before and after, and how many were healthy at the least. */
function watchHealth(server: SimulatedServer, application: Entity): Map<string, { before: number; least: number }> {
  const seen = new Map<string, { before: number; least: number }>();
  const healthyIn = (id: string) => {
    const found = application.children.filter(({ planId }) => planId === id);
    return Math.max(0, ...found.map((child) => (child.members.size > 0 || child.is("org.apache.brooklyn.entity.group.DynamicCluster") ? [...child.members.values()].filter(isUp).length : isUp(child) ? 1 : 0)));
  };
  for (const id of ids) if (application.children.some(({ planId }) => planId === id)) seen.set(id, { before: healthyIn(id), least: healthyIn(id) });
  server.plane.events.subscribe(() => {
    for (const [id, each] of seen) each.least = Math.min(each.least, healthyIn(id));
  });
  return seen;
}

test("Whatever a blueprint is changed to, planning touches nothing, and when it is applied there is nothing left to plan", async () => {
  await fc.assert(
    fc.asyncProperty(blueprint, blueprint, fc.integer({ min: 1, max: 3 }), async (first, second, parallel) => {
      const { world, server } = await open();
      const application = await server.start(specOf(first));
      const before = [JSON.stringify(shapeOf(application)), server.plane.entities.size, [...server.plane.tasks.all()].length];
      expect(planOf(server, specOf(first)).hasChanges).toBe(false);
      const plan = planOf(server, specOf(second));
      expect([JSON.stringify(shapeOf(application)), server.plane.entities.size, [...server.plane.tasks.all()].length]).toEqual(before);
      await applied(server, specOf(second), { parallel, planId: plan.id });
      expect(planOf(server, specOf(second)).hasChanges).toBe(false);
      // The same as if it had been deployed so.
      const { server: other, world: otherWorld } = await open();
      const fresh = await other.start(specOf(second));
      expect(sorted(application)).toEqual(sorted(fresh));
      expect((await world.containers()).length).toBe((await otherWorld.containers()).length);
      server.life.kill();
      other.life.kill();
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("Whatever fails in a change, everything is as it was before, and no container is left", async () => {
  await fc.assert(
    fc.asyncProperty(blueprint, blueprint, fc.nat(ids.length - 1), fc.integer({ min: 1, max: 3 }), async (first, second, broken, parallel) => {
      const { world, server } = await open();
      const application = await server.start(specOf(first));
      const before = shapeOf(application);
      const containers = (await world.containers()).length;
      await expect(applied(server, specOf(second, broken), { parallel })).rejects.toThrow("rolled back and runs as before");
      expect(shapeOf(application)).toEqual(before);
      expect((await world.containers()).filter(({ labels }) => labels[CONTAINER_LABEL] !== undefined).length).toBe(containers);
      expect(planOf(server, specOf(first)).hasChanges).toBe(false);
      server.life.kill();
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("While a cluster or a container is changed, never fewer are healthy than before and after, less those that are restarted in place", async () => {
  await fc.assert(
    fc.asyncProperty(blueprint, blueprint, async (first, second) => {
      const { server } = await open();
      const application = await server.start(specOf(first));
      const plan = planOf(server, specOf(second));
      const health = watchHealth(server, application);
      await applied(server, specOf(second), {});
      const tooFew = [...health].filter(([id, { before, least }]) => {
        const told = plan.tree?.children.find(({ planId }) => planId === id);
        const goes = told === undefined || told.action === "remove" || told.differences.some(({ kind }) => kind === "type") || told.effect === "restart" || told.children.some(({ effect }) => effect === "restart");
        return !goes && least < Math.min(before, told.size?.to ?? before);
      });
      expect(tooFew).toEqual([]);
      server.life.kill();
    }),
    { numRuns: 40 },
  );
}, 120_000);

/** Members in no order; what was started more often, or under another name of its container, is the same. */
function sorted(entity: Entity): unknown {
  const sort = (shape: unknown): unknown => {
    if (typeof shape !== "object" || shape === null || !("children" in shape) || !Array.isArray(shape.children)) return shape;
    return { ...shape, children: shape.children.map(sort).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) };
  };
  return sort(shapeOf(entity));
}
