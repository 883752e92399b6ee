import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blueprintPlane } from "../../../test/support/blueprint-plane.ts";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { violationOf } from "./assertions.ts";

let web: TestServer;
let listener: Server;
beforeEach(async () => {
  web = await httpServer((request, response) => response.writeHead(request.url === "/gone" ? 410 : 200).end("hello world"));
  listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await web.close();
  await new Promise((resolve) => listener.close(resolve));
});

/** An application with something to be tested, and tests of it. */
function scene(tests: string) {
  const machine = new ScriptedMachine();
  const world = blueprintPlane({ locations: { fake: new FakeLocation((parent) => machineLocation(machine, parent)) } });
  const app = world.deploy(`{location: fake, services: [{type: server, id: it, name: it}, {type: group, id: all, name: all}, ${tests}]}`);
  const [it, group, subject] = app.children as [Entity, Entity, Entity];
  it.set(sensor("load", types.integer, ""), 3);
  it.dynamicEffectors.set("sum", effector("sum", "", async ({ parameters }) => Number(parameters["a"]) + Number(parameters["b"])));
  const state = (entity: Entity = subject) => entity.sensorValue("service.state")?.value;
  const run = (entity: Entity = subject) => world.invoke(entity, "start");
  /** For tests that wait for the world outside. */
  const runNow = (entity: Entity = subject) => world.plane.submit(entity, "start", (work) => entity.invoke("start", {}, work)).result;
  return { ...world, machine, app, it, group, subject, state, run, runNow };
}

const of = (type: string, config: string, more = "") => `{type: org.apache.brooklyn.test.framework.${type}, name: ${type}, brooklyn.config: {${config}}${more}}`;

test("a sensor's test passes when its assertions hold in time, and says what is not so", async () => {
  const { it, run, subject, state } = scene(of("TestSensor", 'target: $brooklyn:component("it"), sensor: load, timeout: 10s, assert: [{greaterThan: 2}, {equals: 4}]'));
  expect(state()).toBe("CREATED");
  await expect(run()).rejects.toThrow('Test "TestSensor" failed: sensor load of it expected equals 4 but found 3 (tried for 10s)');
  expect(state()).toBe("ON_FIRE");
  it.set(sensor("load", types.integer, ""), 4);
  await run();
  expect([state(), subject.sensorValue("service.isUp")?.value]).toEqual(["RUNNING", true]);
});

test("an effector's test invokes it and tests the result", async () => {
  const good = scene(of("TestEffector", "targetId: it, effector: sum, params: {a: 1, b: 2}, assert: {equals: 3}"));
  await good.run();
  expect(good.state()).toBe("RUNNING");
  await expect(scene(of("TestEffector", "targetId: it, effector: sum, params: {a: 1, b: 2}, assert: {equals: 4}")).run()).rejects.toThrow("the result of sum expected equals 4 but found 3");
  await expect(scene(of("TestEffector", "effector: sum")).run()).rejects.toThrow('"TestEffector" has no target');
});

test("an HTTP call's test is of the body or the status", async () => {
  for (const config of [`url: "${web.url}/", assert: [{contains: hello}, {matches: "hello w.*"}]`, `url: "${web.url}/gone", applyAssertionTo: status, assert: {equals: 410}`]) {
    const { runNow, state } = scene(of("TestHttpCall", config));
    await runNow();
    expect(state()).toBe("RUNNING");
  }
  await expect(scene(of("TestHttpCall", `url: "${web.url}/", timeout: 0, assert: {equals: bye}`)).runNow()).rejects.toThrow('expected equals "bye" but found "hello world"');
});

test("an endpoint's test connects to it", async () => {
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { runNow, state } = scene(of("TestEndpointReachable", `endpoint: "127.0.0.1:${port}"`));
  await runNow();
  expect(state()).toBe("RUNNING");
  await expect(scene(of("TestEndpointReachable", 'endpoint: "127.0.0.1:1", timeout: 0')).runNow()).rejects.toThrow("cannot be reached");
  await expect(scene(of("TestEndpointReachable", "timeout: 0")).runNow()).rejects.toThrow("needs either");
});

test.each(["TestSshCommand", "SimpleShellCommandTest"])("%s runs a command on the target's machine", async (type) => {
  const { machine, app, invoke, state, run, it } = scene(of(type, 'targetId: it, command: look, env: {A: 1}, assertOut: {contains: fine}, timeout: 5s'));
  await invoke(it, "start");
  machine.on("look", { stdout: "all fine\n", exitCode: 3 });
  await run();
  expect(state()).toBe("RUNNING");
  expect(machine.ran.find(({ text }) => text === "look")?.options.env).toMatchObject({ A: "1" });
  machine.on("look", { stdout: "bad\n" });
  await expect(run()).rejects.toThrow('stdout expected contains "fine"');
  expect(app.children).toHaveLength(3);
});

test("a test case runs its children in order and stops at the first failure, unless it goes on", async () => {
  const children = `, brooklyn.children: [${of("TestSensor", "targetId: it, sensor: load, timeout: 0, assert: {equals: 9}")}, ${of("TestEffector", "targetId: it, effector: sum, params: {a: 1, b: 1}")}]`;
  const stopped = scene(of("TestCase", "on.finally.spec: {$brooklyn:entitySpec: {type: basic-entity, name: at the end}}", children));
  await expect(stopped.run()).rejects.toThrow('1 of 2 tests of "TestCase" failed');
  expect(stopped.subject.children.map((each) => [each.displayName, stopped.state(each)])).toEqual([["TestSensor", "ON_FIRE"], ["TestEffector", "CREATED"], ["at the end", undefined]]);
  const going = scene(of("TestCase", "continueOnFailure: true", children));
  await expect(going.run()).rejects.toThrow("failed");
  expect(going.state(going.subject.children[1])).toBe("RUNNING");
  const parallel = scene(of("ParallelTestCase", "", children));
  await expect(parallel.run()).rejects.toThrow("expected equals 9");
  expect(parallel.state(parallel.subject.children[1])).toBe("RUNNING");
});

test("members of a group are each tested, and an entity is found from the target", async () => {
  const looped = scene(of("LoopOverGroupMembersTestCase", "targetId: all, testSpec: {$brooklyn:entitySpec: {type: org.apache.brooklyn.test.framework.TestSensor, brooklyn.config: {sensor: load, timeout: 0}}}"));
  looped.group.addMember(looped.it);
  await looped.run();
  await looped.run();
  expect(looped.subject.children.map((each) => [each.displayName, looped.state(each)])).toEqual([["Test of it", "RUNNING"]]);
  looped.group.addMember(looped.app);
  await expect(looped.run()).rejects.toThrow("1 of 2 tests");
  const relative = scene(of("RelativeEntityTestCase", 'targetId: all, component: $brooklyn:sibling("it")', `, brooklyn.children: [${of("TestSensor", "sensor: load, assert: {equals: 3}")}]`));
  await relative.run();
  expect(relative.state(relative.subject.children[0])).toBe("RUNNING");
});

test.each([
  [{ isNull: true }, undefined, true], [{ notNull: true }, 0, true], [{ notNull: true }, null, false], [{ notEqual: 1 }, 2, true], [{ equalTo: "3" }, 3, true],
  [{ isEmpty: true }, [], true], [{ notEmpty: true }, "x", true], [{ notEmpty: true }, {}, false], [{ hasTruthValue: true }, "true", true], [{ lessThan: 3 }, 2, true], [{ contains: 2 }, [1, 2], true],
])("assertion %j of %j is %s", (assertion, actual, holds) => expect(violationOf("it", actual, assertion) === undefined).toBe(holds));

test("an assertion that there is not is a mistake, told at once", async () => {
  await expect(scene(of("TestSensor", "targetId: it, sensor: load, assert: {like: 3}")).run()).rejects.toThrow('There is no assertion "like"');
});
