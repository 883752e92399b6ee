import { beforeAll, describe, expect, it } from "vitest";
import { ClockerServer } from "../support/clocker-server.ts";
import { deployables, relocated } from "../support/corpus-deployables.ts";
import { ownedBy } from "../support/outer-engine.ts";
import { Application, Places } from "../support/places.ts";

/**
 * Every blueprint of the corpus that needs nothing but core types, unmodified but for its location, for real: on this computer and in containers. It runs,
 * or fails with the reason that is in it, and leaves nothing when it is deleted.
 */
const { deployable, excluded } = deployables({});

let server: ClockerServer;
let open: Places | undefined;

beforeAll(async () => {
  console.log(`${deployable.length} blueprints of the corpus are deployed; left out:\n${excluded.map(({ name, reason }) => `  ${name}: ${reason}`).join("\n")}`);
  server = await ClockerServer.start();
  open = await Places.open(server);
  return () => server.dispose();
});

describe.concurrent.each(["here", "container"] as const)("%s", (place) => {
  it.each(deployable)("$name", async ({ text, failure }) => {
    const { id, taskId } = await places().api.deploy(relocated(text, places().location(place)));
    const app = new Application(places(), id);
    const task = await places().api.ended(taskId, 60_000);
    if (failure === undefined) {
      expect(task).toMatchObject({ currentStatus: "Completed" });
      await places().api.stateBecomes(id, id, "RUNNING");
    } else {
      expect(task).toMatchObject({ isError: true });
      expect(JSON.stringify(await Promise.all((await app.entities()).map((entity) => places().api.sensor(id, entity.id, "service.problems"))))).toContain(failure);
      await places().api.stateBecomes(id, id, "ON_FIRE");
    }
    await app.leaves();
  });
});

it("after all of it, everything can be removed without a trace", async () => {
  await places().close();
  expect(await server.api.applications()).toEqual([]);
  expect(await ownedBy(server.planeId)).toEqual([]);
});

function places(): Places {
  if (open === undefined) throw new Error("Nothing was opened");
  return open;
}
