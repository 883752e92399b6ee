import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import { InitializerConfig } from "../../model/adjunct.ts";
import { sensor } from "../../model/sensor.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { softwareProcess, vanillaSoftwareProcess } from "../process/software-process.ts";
import { basicEntity } from "../stock/application.ts";
import { softwareInitializers } from "./index.ts";
import { randomPassword } from "./password-sensor.ts";

let server: TestServer;
beforeEach(async () => {
  server = await httpServer((request, response) => {
    const isAllowed = request.headers.authorization === `Basic ${btoa("me:geheim")}`;
    if (request.url === "/private" && !isAllowed) return void response.writeHead(401).end();
    response.end(request.url === "/none" ? "text" : JSON.stringify({ load: { values: [0.5, "x"] } }));
  });
});
afterEach(() => server.close());

function scene(initializers: readonly { type: string; config: JsonObject }[], config: JsonObject = {}) {
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent) => machineLocation(machine, parent));
  const { plane, clock } = fakeManagement({ entityTypes: [softwareProcess, vanillaSoftwareProcess, basicEntity], initializerTypes: softwareInitializers, locations: { fake: location } });
  const entity = plane.create(entitySpec(vanillaSoftwareProcess.name, { displayName: "web", locations: [{ spec: "fake" }], config: { "checkRunning.command": "check", ...config }, initializers: [...initializers] }));
  const invoke = (name: string, parameters = {}) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, parameters, work)).result);
  const value = (name: string) => entity.sensorValue(name)?.value;
  return { plane, clock, machine, entity, invoke, value };
}

test("a command sensor has what the command writes, of its type, each period while the entity runs", async () => {
  const { clock, machine, invoke, value } = scene([{ type: "ssh-command-sensor", config: { name: "load", targetType: "integer", command: "read-load", period: "10s" } }], { env: { A: "1" } });
  let count = 0;
  machine.on("read-load", () => ({ stdout: `${++count}\n` }));
  await clock.advance(60_000);
  expect(machine.scripts).toEqual([]);
  await invoke("start");
  await clock.advance(1_000);
  const first = value("load");
  expect(first).toBeTypeOf("number");
  expect(machine.ran.find(({ text }) => text === "read-load")!.options.env).toMatchObject({ A: "1", RUN_DIR: expect.any(String) });
  await clock.advance(30_000);
  expect(value("load")).toBeGreaterThan(Number(first));
  await invoke("stop");
  const stopped = count;
  await clock.advance(60_000);
  expect(count).toBe(stopped);
});

test("a command sensor that cannot be read has no value, or the one given for that", async () => {
  const make = (more: JsonObject) => scene([{ type: "org.apache.brooklyn.core.sensor.ssh.SshCommandSensor", config: { name: "x", targetType: "integer", command: "read-x", period: "10s", ...more } }]);
  for (const [more, expected] of [[{}, undefined], [{ "value.on.error": -1 }, -1]] as const) {
    const { clock, machine, invoke, value } = make(more);
    machine.on("read-x", { stdout: "7\n" });
    await invoke("start");
    await clock.advance(1_000);
    expect(value("x")).toBe(7);
    machine.on("read-x", { exitCode: 1 });
    await clock.advance(11_000);
    expect(value("x")).toBe(expected);
    machine.on("read-x", { stdout: "no number" });
    await clock.advance(60_000);
    expect(value("x")).toBe(expected);
  }
});

test("a command sensor of a map type reads JSON, and onlyIfServiceUp waits for the service", async () => {
  const { clock, machine, invoke, value } = scene([{ type: "ssh-command-sensor", config: { name: "info", targetType: "map", command: "read-info", period: "10s", onlyIfServiceUp: true } }]);
  machine.on("read-info", { stdout: '{"a": [1, 2]}\n' });
  await invoke("start");
  await clock.advance(1_000);
  expect(value("info")).toEqual({ a: [1, 2] });
  machine.on("check", { exitCode: 1 });
  await clock.advance(10_000);
  const before = machine.scripts.filter((text) => text === "read-info").length;
  await clock.advance(60_000);
  expect(machine.scripts.filter((text) => text === "read-info")).toHaveLength(before);
});

test("CommandSensors sets sensors of declared types from one command, JSON or lines", async () => {
  const sensors = { "reqs.total": "integer", "reqs.rate": { type: "double", description: "A rate", key: "rate" }, names: "set" };
  const { clock, machine, entity, invoke, value } = scene([{ type: "clocker.sensor.CommandSensors", config: { command: "read-all", period: "10s", sensors } }]);
  machine.on("read-all", { stdout: '{"reqs.total": 5, "rate": 0.5, "names": ["/"]}' });
  await invoke("start");
  await clock.advance(1_000);
  expect([value("reqs.total"), value("reqs.rate"), value("names")]).toEqual([5, 0.5, ["/"]]);
  expect(entity.sensor("reqs.rate")?.description).toBe("A rate");
  machine.on("read-all", { stdout: "reqs.total=6\nrate: 1.5\n" });
  await clock.advance(11_000);
  expect([value("reqs.total"), value("reqs.rate"), value("names")]).toEqual([6, 1.5, undefined]);
});

test("CommandSensors reads nothing when metrics are turned off", async () => {
  const { clock, machine, invoke } = scene([{ type: "clocker.sensor.CommandSensors", config: { command: "read-all", period: "1s", sensors: { a: "integer" } } }], { "metrics.usage.retrieve": false });
  await invoke("start");
  await clock.advance(10_000);
  expect(machine.scripts).not.toContain("read-all");
});

test("a command effector runs with its parameters as variables and returns the output", async () => {
  const { entity, machine, invoke } = scene([
    { type: "ssh-command-effector", config: { name: "greet", description: "Says hello", command: "say-hello", parameters: { NAME: { type: "string", defaultValue: "world" }, TIMES: "integer" }, "shell.env": { LOUD: true } } },
  ]);
  machine.on("say-hello", ({ env = {} }) => ({ stdout: `hello ${env["NAME"]} ${env["TIMES"]} ${env["LOUD"]}\n` }));
  await invoke("start");
  expect(await invoke("greet", { TIMES: "3" })).toBe("hello world 3 true");
  expect(entity.effector("greet")).toMatchObject({ description: "Says hello", returnType: "java.lang.String" });
  machine.on("say-hello", { exitCode: 4, stderr: "too loud" });
  machine.answers.delete("say-hello");
  machine.on("say-hello", { exitCode: 4, stderr: "too loud" });
  await expect(invoke("greet")).rejects.toMatchObject({ code: "command-failed", details: { exitCode: 4 } });
});

test("a static sensor has its value at once; an expression follows the entity's starts", async () => {
  const { clock, invoke, value } = scene([
    { type: "org.apache.brooklyn.core.sensor.StaticSensor", config: { name: "fixed", targetType: "integer", "static.value": "42" } },
    { type: "static-sensor", config: { name: "url", "static.value": '$brooklyn:attributeWhenReady("host.address")' } },
  ]);
  expect(value("fixed")).toBe(42);
  await clock.advance(1_000);
  expect(value("url")).toBeUndefined();
  await invoke("start");
  expect(value("url")).toBe("192.0.2.7");
  await invoke("stop");
  expect(value("url")).toBeUndefined();
  await invoke("start");
  expect(value("url")).toBe("192.0.2.7");
});

test("a sensor is read only while its condition holds, on the entity or on what it names", async () => {
  const { clock, machine, entity, invoke, value } = scene([
    { type: "ssh-command-sensor", config: { name: "load", targetType: "integer", command: "read-load", period: "10s", condition: { sensor: "mode", equals: "on" } } },
    { type: "static-sensor", config: { name: "fixed", "static.value": "set", condition: { sensor: "mode", equals: "on" } } },
  ]);
  let count = 0;
  machine.on("read-load", () => ({ stdout: `${++count}\n` }));
  await invoke("start");
  await clock.advance(30_000);
  expect([count, value("load"), value("fixed")]).toEqual([0, undefined, undefined]);
  entity.set(sensor("mode", types.string, ""), "on");
  await clock.advance(11_000);
  expect([value("load"), value("fixed")]).toEqual([1, undefined]);
  entity.set(sensor("mode", types.string, ""), "off");
  await clock.advance(30_000);
  expect([count, value("load")]).toEqual([1, 1]);
  entity.set(sensor("mode", types.string, ""), "on");
  await invoke("restart");
  expect(value("fixed")).toBe("set");
});

test("an HTTP sensor has what lies at its path, with credentials", async () => {
  const { plane, clock } = fakeManagement({ entityTypes: [basicEntity], initializerTypes: softwareInitializers });
  const initializer = (name: string, config: JsonObject) => ({ type: "http-request-sensor", config: { name, period: "10s", ...config } });
  const entity = plane.create(
    entitySpec(basicEntity.name, {
      initializers: [
        initializer("first", { uri: `${server.url}/`, jsonPath: "$.load.values[0]", targetType: "double" }),
        initializer("whole", { uri: `${server.url}/none` }),
        initializer("private", { uri: `${server.url}/private`, username: "me", password: "geheim", jsonPath: "$['load'].values[1]" }),
        initializer("refused", { uri: `${server.url}/private`, "value.on.error": "refused" }),
      ],
    }),
  );
  const done = () => ["first", "whole", "private", "refused"].every((name) => entity.sensorValue(name) !== undefined);
  await clock.until((async () => { while (!done()) await new Promise((resolve) => setImmediate(resolve)); })(), 5_000);
  expect(["first", "whole", "private", "refused"].map((name) => entity.sensorValue(name)?.value)).toEqual([0.5, "text", "x", "refused"]);
});

test("a password is made once, of the characters asked for", () => {
  const { entity, value } = scene([{ type: "create-password-sensor", config: { name: "db.password", "password.length": 20 } }]);
  const made = value("db.password");
  expect(made).toMatch(/^[A-Za-z0-9]{20}$/);
  softwareInitializers.find(({ aliases }) => aliases.includes("create-password-sensor"))!.apply(entity, new InitializerConfig({ name: "db.password" }));
  expect(value("db.password")).toBe(made);
  for (let i = 0; i < 50; i++) expect(randomPassword(6, ["abc", "123"], undefined)).toMatch(/^(?=.*[abc])(?=.*[123])[abc123]{6}$/);
  expect(() => randomPassword(1, ["a", "b"], undefined)).toThrow("Cannot make a password");
});

test("initializers say what is missing", () => {
  const make = (type: string, config: JsonObject) => () => scene([{ type, config }]);
  expect(make("ssh-command-sensor", { command: "x" })).toThrow("needs a name");
  expect(make("ssh-command-sensor", { name: "x" })).toThrow("needs a command");
  expect(make("ssh-command-sensor", { name: "x", command: "x", targetType: "strin" })).toThrow('there is no type "strin"');
  expect(make("ssh-command-sensor", { name: "x", command: "x", condition: { equal: "y" } })).toThrow('Cannot read the condition of sensor "x"');
  expect(make("clocker.sensor.CommandSensors", { command: "x" })).toThrow("needs sensors");
  expect(make("http-request-sensor", { name: "x" })).toThrow("needs a uri");
  expect(make("ssh-command-effector", { command: "x" })).toThrow("needs a name");
});
