import { beforeAll, describe, expect, it } from "vitest";
import { Refusal } from "../support/clocker-api.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { deployables, type End, relocated } from "../support/corpus-deployables.ts";
import { ownedBy } from "../support/outer-engine.ts";
import { Application, Places } from "../support/places.ts";

/**
 * Every blueprint of the corpus that needs nothing but core types, unmodified but for its location, for real: on this computer and in containers. It runs,
 * or fails with the reason that is in it, and leaves nothing when it is deleted.
 */
const refused = (because: string): End => ({ kind: "refused", because });
const { deployable, excluded } = deployables({
  "blueprints/json.yaml": { kind: "fails", because: "pid.txt" },
  "blueprints/keys-root-and-service.yaml": refused("to themselves"),
  "server/enrichers/stock-enrichers-under-2014-names.yaml": refused("enricher.targetValue"),
  "server/enrichers/updating-map.yaml": refused("enricher.updatingMap.computing"),
  "server/parameters/type-that-is-not-known.yaml": refused("com.example.Nothing"),
  "server/policies/conditional-suspend.yaml": refused("target"),
  "server/policies/invoke-effector-on-collection-sensor-change.yaml": refused("add"),
  "server/policies/more-names-of-2014.yaml": refused("connectionFailureDetector.endpoint"),
  "server/service/policy-config-outside-brooklyn-config.yaml": refused("restart"),
  "server/service/policy-with-name-and-unique-tag.yaml": refused("restart"),
  "server/types/dynamic-multi-group.yaml": refused("brooklyn.multigroup.bucketExpression"),
  "server/types/more-names-of-2014.yaml": refused("brooklyn.multigroup.bucketExpression"),
  "server/types/software-process-flags.yaml": "it names folders of the machine, /opt/a and /var/a, which are left as they are when it goes",
});

/** Milliseconds: a process that never writes its id is waited for as long as its `start.timeout` says. */
const LONGEST_START = 150_000;

let server: ClockerServer;
let open: Places | undefined;

beforeAll(async () => {
  console.log(`${deployable.length} blueprints of the corpus are deployed; left out:\n${excluded.map(({ name, reason }) => `  ${name}: ${reason}`).join("\n")}`);
  server = await ClockerServer.start();
  open = await Places.open(server);
  return () => server.dispose();
});

describe.concurrent.each(["here", "container"] as const)("%s", (place) => {
  it.each(deployable.filter(({ needsMachine }) => needsMachine || place === "here"))("$name", async ({ text, end }) => {
    const because = "because" in end ? end.because : "";
    expect(await endOf(relocated(text, places().location(place)))).toEqual({ kind: end.kind, because: expect.stringContaining(because) as string });
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

/** Deploys a blueprint, waits until it has come to its end, and removes it; nothing may be left. */
async function endOf(blueprint: string): Promise<{ kind: End["kind"]; because: string }> {
  const { api } = places();
  const deployed = await api.deploy(blueprint).catch((error: unknown) => (error instanceof Refusal && error.status === 400 ? error : Promise.reject(error)));
  if (deployed instanceof Refusal) return { kind: "refused", because: deployed.message };
  const { id, taskId } = deployed;
  const app = new Application(places(), id);
  const task = await api.ended(taskId, LONGEST_START);
  const state = await api.sensorBecomes(id, id, "service.state", (value) => value === "ON_FIRE" || (value === "RUNNING" && !task.isError));
  const problems = await Promise.all((await app.entities()).map((entity) => api.sensor(id, entity.id, "service.problems")));
  await app.leaves();
  if (task.isError) return { kind: "fails", because: JSON.stringify(problems) };
  return { kind: state === "RUNNING" ? "runs" : "idle", because: "" };
}
