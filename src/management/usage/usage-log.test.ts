import { expect, test } from "vitest";
import { World } from "../../../test/support/in-memory-plane.ts";
import { entitySpec } from "../../model/spec.ts";
import { isProvisioning } from "../../provider/location.ts";
import { UsageLog } from "./usage-log.ts";

test("machines are remembered with who used them and when, also when they are gone", async () => {
  const world = new World();
  const server = await world.open();
  const usage = new UsageLog(server.plane.documents, world.clock);
  const stop = usage.follow(server.plane.events, server.plane.entities.all());
  const location = server.locations.resolve({ spec: "memory" });
  if (!isProvisioning(location)) throw new Error("It gives no machines");
  const application = server.plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { children: [entitySpec("org.apache.brooklyn.entity.stock.BasicEntity")] }));
  const [entity = application] = application.children;
  const machine = await server.run((work) => location.obtain({ entity, inboundPorts: [], properties: {} }, work));
  entity.addLocation(machine);
  const used = usage.machines();
  expect(used).toEqual([{ id: machine.id, events: [{ state: "RUNNING", at: expect.any(Number), applicationId: application.id }], metadata: { displayName: machine.name, spec: "memory", entityId: entity.id } }]);
  await world.clock.advance(60_000);
  entity.removeLocation(machine);
  const [gone] = usage.machines();
  expect(gone?.events.map(({ state, at }) => [state, at - (used[0]?.events[0]?.at ?? 0)])).toEqual([["RUNNING", 0], ["DESTROYED", 60_000]]);
  server.plane.unmanage(application);
  expect(usage.applications().map(({ id, events }) => [id, events.at(-1)?.state])).toEqual([[application.id, "DESTROYED"]]);
  stop();
  expect(new UsageLog(server.plane.documents, world.clock).machines()).toEqual([gone]);
});
