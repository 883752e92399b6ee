import { expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { InMemoryDockerMachine } from "../../../test/support/in-memory-docker.ts";
import type { ContainerSpec } from "../../engine/engine.ts";
import { InMemoryEngine } from "../../engine/in-memory-engine.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { basicEntity } from "../stock/application.ts";
import { containerInitializers } from "./initializers.ts";

const IMAGE = "tools:1";

/** An entity on a machine whose engine runs containers that do what `main` says. */
function scene(initializers: readonly { type: string; config: JsonObject }[], main: (spec: ContainerSpec) => { stdout?: string; stderr?: string; exitCode?: number } | undefined) {
  const { plane, clock } = fakeManagement({ entityTypes: [basicEntity], initializerTypes: containerInitializers });
  const engine = new InMemoryEngine({ name: "host-1", images: [IMAGE], now: () => clock.now() });
  const made: ContainerSpec[] = [];
  const create = engine.createContainer.bind(engine);
  engine.createContainer = async (spec, signal) => {
    made.push(spec);
    return await create(spec, signal);
  };
  const start = engine.startContainer.bind(engine);
  engine.startContainer = async (id, signal) => {
    await start(id, signal);
    const ends = main(made.at(-1)!);
    if (ends === undefined) return;
    if (ends.stdout !== undefined) engine.print(id, "stdout", ends.stdout);
    if (ends.stderr !== undefined) engine.print(id, "stderr", ends.stderr);
    engine.exitContainer(id, ends.exitCode ?? 0);
  };
  const entity = plane.create(entitySpec(basicEntity.name, { displayName: "web", initializers: [...initializers] }));
  const machine = new InMemoryDockerMachine({ name: "m", address: "192.0.2.1", engine });
  entity.addLocation(machineLocation(machine, new FakeLocation()));
  const submit = (name: string, parameters = {}) => plane.submit(entity, name, (work) => entity.invoke(name, parameters, work));
  const invoke = (name: string, parameters = {}) => clock.until(submit(name, parameters).result);
  return { plane, clock, engine, entity, made, submit, invoke };
}

test("a container effector runs a container with the parameters as variables, returns what it wrote and leaves nothing behind", async () => {
  const config: JsonObject = { name: "greet", image: IMAGE, command: ["echo"], args: ["hello"], "shell.env": { A: 1 }, parameters: { NAME: { defaultValue: "world" } }, workingDir: "/w", volumes: [{ name: "v", hostPath: { path: "/data" } }, { name: "e", emptyDir: {} }], volumeMounts: [{ name: "v", mountPath: "/d", readOnly: true }, { name: "e", mountPath: "/e" }] };
  const { engine, made, invoke } = scene([{ type: "container-effector", config }], ({ env = {} }) => ({ stdout: `hello ${env["NAME"]}\n` }));
  expect(await invoke("greet", { NAME: "you" })).toBe("hello you");
  expect(made[0]).toMatchObject({ image: IMAGE, entrypoint: ["echo"], command: ["hello"], env: { A: "1", NAME: "you" }, workingDir: "/w", binds: [{ source: "/data", target: "/d", readOnly: true }], volumes: ["/e"], restart: "no" });
  expect(await engine.listContainers()).toEqual([]);
});

test("a container's exit code fails its effector, unless it need not be zero", async () => {
  const make = (more: JsonObject) => scene([{ type: "container-effector", config: { name: "x", image: IMAGE, bashScript: ["a", "b"], ...more } }], () => ({ stdout: "out\n", stderr: "went wrong\n", exitCode: 3 }));
  const strict = make({});
  await expect(strict.invoke("x")).rejects.toMatchObject({ code: "command-failed", message: expect.stringContaining("exit code 3:\nwent wrong"), details: { exitCode: 3 } });
  expect(strict.made[0]?.entrypoint).toEqual(["/bin/bash", "-c", "a\nb"]);
  expect(await strict.engine.listContainers()).toEqual([]);
  expect(await make({ requireExitCodeZero: false }).invoke("x")).toBe("out");
});

test("a container that takes too long, or whose task is cancelled, is removed", async () => {
  const config = { name: "x", image: IMAGE, timeout: "1m" };
  const slow = scene([{ type: "container-effector", config }], () => undefined);
  await expect(slow.invoke("x")).rejects.toMatchObject({ code: "timeout", message: `Container of image "${IMAGE}" took longer than 1m` });
  expect(await slow.engine.listContainers()).toEqual([]);
  const { task, result } = slow.submit("x");
  await slow.clock.advance(1_000);
  expect(await slow.engine.listContainers()).toHaveLength(1);
  task.cancel(new Error("not wanted"));
  await expect(slow.clock.until(result)).rejects.toThrow("not wanted");
  expect(await slow.engine.listContainers()).toEqual([]);
});

test("what a server that was killed left of a job goes with the next job", async () => {
  const { engine, plane, invoke } = scene([{ type: "container-effector", config: { name: "x", image: IMAGE } }], () => ({}));
  await engine.createContainer({ image: IMAGE, labels: { "clocker.owner": plane.planeId, "clocker.job": "of-before" } });
  const other = await engine.createContainer({ image: IMAGE, labels: { "clocker.owner": "another plane", "clocker.job": "y" } });
  await invoke("x");
  expect((await engine.listContainers()).map(({ id }) => id)).toEqual([other]);
});

test("an image that is not there is pulled, unless the policy is Never", async () => {
  const never = scene([{ type: "container-effector", config: { name: "x", image: "other:1", imagePullPolicy: "never" } }], () => ({}));
  await expect(never.invoke("x")).rejects.toThrow('Cannot run image "other:1" on "host-1": it is not there');
  const pulled = scene([{ type: "container-effector", config: { name: "x", image: "other:1" } }], () => ({}));
  await pulled.invoke("x");
  await pulled.invoke("x");
  expect(pulled.engine.calls.get("pullImage")).toBe(1);
});

test("a container sensor has what its container writes, each period", async () => {
  let count = 0;
  const { clock, entity } = scene([{ type: "container-sensor", config: { name: "load", targetType: "map", period: "10s", image: IMAGE, command: "read" } }], () => ({ stdout: `{"a": ${++count}}\n` }));
  await clock.advance(1_000);
  expect(entity.sensorValue("load")?.value).toEqual({ a: 1 });
  await clock.advance(11_000);
  expect(entity.sensorValue("load")?.value).toEqual({ a: 2 });
});

test("container initializers say what is missing or wrong", async () => {
  const make = (type: string, config: JsonObject) => () => scene([{ type, config }], () => ({}));
  expect(make("container-effector", { image: IMAGE })).toThrow("needs a name");
  expect(make("container-effector", { name: "x" })).toThrow("needs an image");
  expect(make("container-sensor", { name: "x" })).toThrow("needs an image");
  const wrong = (config: JsonObject) => scene([{ type: "container-effector", config: { name: "x", image: IMAGE, ...config } }], () => ({})).invoke("x");
  await expect(wrong({ bashScript: "a", command: "b" })).rejects.toThrow("has both");
  await expect(wrong({ volumeMounts: [{ name: "v", mountPath: "/x" }] })).rejects.toThrow("has none of that name");
  await expect(wrong({ volumes: [{ name: "v", configMap: {} }], volumeMounts: [{ name: "v", mountPath: "/x" }] })).rejects.toThrow("expected hostPath");
  await expect(wrong({ imagePullPolicy: "sometimes" })).rejects.toThrow('Cannot use "imagePullPolicy"');
});
