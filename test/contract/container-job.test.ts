import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestEngine, TEST_IMAGE, type TestEngine } from "../support/docker-engine.ts";
import { fakeManagement } from "../support/fake-management.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { realClock } from "../support/real-clock.ts";
import { unixEngine } from "../../src/engine/docker-engine.ts";
import { entitySpec, type JsonObject } from "../../src/model/spec.ts";
import { containerInitializers } from "../../src/software/container/initializers.ts";
import { basicEntity } from "../../src/software/stock/application.ts";

/** Containers of effectors on a real engine, which an entity in no cloud finds on this computer. */
let engine: TestEngine;
const before = process.env["DOCKER_HOST"];

beforeAll(async () => {
  engine = await startTestEngine();
  process.env["DOCKER_HOST"] = `unix://${engine.socket}`;
});

afterAll(async () => {
  if (before === undefined) delete process.env["DOCKER_HOST"];
  else process.env["DOCKER_HOST"] = before;
  await engine.stop();
});

/** Bounds never pass, pauses do. */
class PausingClock extends FakeClock {
  override sleep = realClock.sleep;
}

function effectorOf(config: JsonObject) {
  const { plane } = fakeManagement({ clock: new PausingClock(), entityTypes: [basicEntity], initializerTypes: containerInitializers });
  const entity = plane.create(entitySpec(basicEntity.name, { displayName: "web", initializers: [{ type: "container-effector", config: { name: "x", image: TEST_IMAGE, "shell.env": { PATH: "/bin:/usr/bin" }, ...config } }] }));
  return (parameters = {}) => plane.submit(entity, "x", (work) => entity.invoke("x", parameters, work));
}

async function left(): Promise<string[]> {
  const client = unixEngine(engine.socket, "test engine");
  try {
    return (await client.listContainers()).map(({ name }) => name);
  } finally {
    await client.close();
  }
}

test("a container effector runs its script in a container with its variables and volumes, and removes it", async () => {
  const invoke = effectorOf({ bashScript: 'echo "hello $NAME from $(cat /d/hostname)"; echo warned >&2', parameters: { NAME: "string" }, volumes: [{ name: "etc", hostPath: { path: "/etc" } }], volumeMounts: [{ name: "etc", mountPath: "/d", readOnly: true }] });
  expect(await invoke({ NAME: "you" }).result).toMatch(/^hello you from \S+$/);
  expect(await left()).toEqual([]);
});

test("a container's failure, and one that is cancelled, leave nothing on the engine", async () => {
  await expect(effectorOf({ command: "echo no luck >&2; exit 4" })().result).rejects.toMatchObject({ code: "command-failed", details: { exitCode: 4 }, message: expect.stringContaining("no luck") });
  const { task, result } = effectorOf({ command: "sleep 600" })();
  await expect.poll(left, { timeout: 60_000 }).toHaveLength(1);
  task.cancel(new Error("not wanted"));
  await expect(result).rejects.toThrow("not wanted");
  await expect.poll(left, { timeout: 60_000 }).toEqual([]);
});
