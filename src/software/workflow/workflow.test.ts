import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import { failureOf, workflowScene as scene } from "../../../test/support/workflow-scene.ts";
import { sensor } from "../../model/sensor.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { vanillaSoftwareProcess } from "../process/software-process.ts";
import { basicEntity } from "../stock/application.ts";
import { submitWorkflow, WorkflowRuns, workflowSteps } from "./index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await httpServer((request, response) => {
    if (request.url === "/none") response.writeHead(404);
    response.end(JSON.stringify({ method: request.method, url: request.url }));
  });
});
afterAll(() => server.close());

describe("steps", () => {
  it.each<[string, unknown[], unknown]>([
    ["let: text", ["let x = some text", "return ${x}"], "some text"],
    ["let: quotes keep what is in them", ['let x = "1 + 1"', "return ${x}"], "1 + 1"],
    ["let: a number of a type", ["let integer x = 5", "return ${x}"], 5],
    ["let: reckons", ["let integer x = 5", "let y = ${x} * 2 + 1 - 6 / 3", "return ${y}"], 9],
    ["let: what there is first", ["let x = ${none} ?? ${workflow.name} ?? other", "return ${x}"], "workflow"],
    ["let: a default", ['return ${none!"nothing"}'], "nothing"],
    ["let: a map", [{ step: "let x", value: { a: [1, "${entity.name}"] } }, "return ${x.a[1]} ${x['a'].0}"], "web 1"],
    ["let: a map as text", ['let map x = {"a": 1}', "return ${x.a}"], 1],
    ["let: trimmed", [{ step: "let trimmed string x", value: "  a " }, "return ${x}"], "a"],
    ["config and sensors by the longest name", ["set-sensor s.t = 7", "return ${entity.config.a.b.c} ${entity.config.size} ${entity.sensor.s.t}"], "deep 3 7"],
    ["set-sensor: of a type", ["set-sensor integer n = 4", "return ${entity.sensor.n}"], 4],
    ["clear-sensor", ["set-sensor n = 4", "clear-sensor n", 'return ${entity.sensor.n!"gone"}'], "gone"],
    ["set-config and clear-config", ["set-config size = 9", "let a = ${entity.config.size}", "clear-config size", 'return ${a} ${entity.config.size!"none"}'], "9 none"],
    ["set-entity-name", ["set-entity-name new", "return ${entity.name}"], "new"],
    ["invoke-effector: short", ["invoke-effector echo with a = 1 and b = x y", "return ${output.b}"], "x y"],
    ["invoke-effector: a map", [{ step: "invoke-effector echo", args: { a: { b: "${entity.name}" } } }], { a: { b: "web" } }],
    ["no-op, log, sleep", ["no-op", "log hello ${entity.name}", "sleep 5s", "return done"], "done"],
    ["output of a step by its id", [{ step: "invoke-effector echo", id: "one", args: { a: 1 } }, "invoke-effector echo with a = 2", "return ${workflow.step.one.output.a} ${workflow.previous_step.output.a}"], "1 2"],
    ["output: given", [{ step: "no-op", output: { x: "${entity.name}" } }, "return ${output.x}"], "web"],
    ["condition: skips", [{ step: "return early", condition: { target: "${entity.config.size}", "less-than": 3 } }, "return late"], "late"],
    ["condition: on what is absent", [{ step: "return absent", condition: { target: "${none}", when: "absent" } }], "absent"],
    ["condition: of the entity", [{ step: "return yes", condition: { config: "size", equals: 3 } }], "yes"],
    ["condition: any of", [{ step: "return yes", condition: { any: [{ target: "${entity.name}", equals: "db" }, { target: "${entity.name}", equals: "web" }] } }], "yes"],
    ["condition: not", [{ step: "return yes", condition: { not: { target: "${entity.name}", equals: "web" } } }, "return no"], "no"],
    ["if: short", ["if ${entity.config.size} == 3 then return three", "return other"], "three"],
    ["if: truth", ["let x = false", "if ${x} then return true", "return not"], "not"],
    ["if: steps and else", [{ step: "if ${entity.name} == db", steps: ["return db"], else: ["return ${entity.name}"] }], "web"],
    ["switch", [{ step: "switch ${entity.name}", cases: [{ condition: "db", step: "return a" }, { condition: { regex: "w.*" }, step: "return b" }, "return c"] }], "b"],
    ["switch: the last", [{ step: "switch ${entity.name}", cases: [{ condition: "db", step: "return a" }, "return c"] }], "c"],
    ["foreach: a range", [{ step: "foreach i in 1..3", steps: ["let j = ${i} * 2", "return ${j}"] }], [2, 4, 6]],
    ["foreach: a list, at once", [{ step: "foreach x", target: ["a", "b"], target_var_name: "x", concurrency: "all", steps: ["return ${target_index}${x}"] }], ["0a", "1b"]],
    ["foreach: variables are its own", ["let x = 1", { step: "foreach i in 1..2", steps: ["let x = ${i}"] }, "return ${x}"], "1"],
    ["workflow: variables and input of its own", [{ step: "workflow", input: { y: 2 }, steps: ["let z = ${y} + 1", "return ${z}"] }], 3],
    ["return within if ends it all", [{ step: "if true", steps: ["return in"] }, "return out"], "in"],
    ["goto and label", ["let n = 0", "label again", "let n = ${n} + 1", { step: "goto again", condition: { target: "${n}", "less-than": 3 } }, "return ${n}"], 3],
    ["goto out of an if", [{ step: "if true", steps: ["goto last"] }, "fail message not here", { step: "return there", id: "last" }], "there"],
    ["next", [{ step: "no-op", next: "b" }, "fail message not here", { step: "return b", id: "b" }], "b"],
    ["goto end", ["goto end", "fail message no"], null],
    ["on-error: handled", [{ step: "fail message no", "on-error": ["let x = ${workflow.error.message}"] }, "return ${x}"], "no"],
    ["on-error: by condition", [{ step: "fail message no", "on-error": [{ step: "return a", condition: { "error-field": "message", equals: "other" } }, "return b"] }], "b"],
    ["on-error: retries the step", [{ step: "invoke-effector flaky with times = 2", "on-error": ["retry limit 3 backoff 1s increasing 2x"] }], "worked after 2"],
    ["retry from a step", ["let n = 0", { step: "let n = ${n} + 1", id: "here" }, { step: "retry from here limit 5", condition: { target: "${n}", "less-than": 4 } }, "return ${n}"], 4],
    ["timeout, handled", [{ step: "sleep 1h", timeout: "10s", "on-error": ["return late"] }], "late"],
    ["transform", [{ step: "let x", value: " b,a,b " }, 'transform x | trim | split "," | unique | sort | join "-"', "return ${x}"], "a-b"],
    ["transform: numbers of a value", [{ step: "transform ${list} | sum", input: { list: [1, 2] }, value: [1, 2, 3] }], 6],
    ["transform: a type", ["transform integer x = 12 | type integer", "return ${x}"], 12],
    ["load", ["load map x = classpath://a.json", "return ${x.a}"], 1],
    ["$brooklyn: expressions", ["set-sensor ready = yes", { step: "let x", value: '$brooklyn:attributeWhenReady("ready")' }, "return ${x}"], "yes"],
    ["wait", ["set-sensor ready = yes", "wait x = ${entity.attributeWhenReady.ready}", "return ${x}"], "yes"],
    ["entities are given by id and name", ["return ${entity}"], { type: "org.apache.brooklyn.api.entity.Entity", id: expect.any(String) as string, name: "web" }],
  ])("%s", async (_what, steps, expected) => {
    expect((await scene().run(steps)) ?? null).toEqual(expected);
  });

  it("add-entity, delete-entity, deploy-application", async () => {
    const { plane, entity, run } = scene();
    // What the whole server reads, `fakeManagement` does not.
    const { resolve } = plane;
    vi.spyOn(plane, "resolve").mockImplementation(async (raw, ...rest) => (typeof raw === "object" && raw !== null && "$brooklyn:entitySpec" in raw ? entitySpec(basicEntity.name) : resolve.call(plane, raw, ...rest)));
    const steps = ["add-entity x", "let made = ${output.entity}", "set-sensor a on ${made} = 1", "let n = ${entity.children.size}", "delete-entity ${made}", "return ${n} ${entity.children.size}"];
    expect(await run(steps)).toBe("1 0");
    expect(await run([{ step: "deploy-application", blueprint: { name: "other", services: [{ type: "x" }] } }, "return ${output.app.name} ${output.app.children.size}"])).toBe("other 1");
    expect([plane.applications().length, entity.children]).toEqual([2, []]);
  });

  it("http: asks with method, query and body, and fails unless the status is wanted", async () => {
    const { plane, entity } = scene();
    const run = (steps: unknown[]) => submitWorkflow(entity, { steps }).result;
    expect(await run([{ step: `http POST ${server.url}/x`, query: { q: "a b" }, body: { k: 1 } }])).toMatchObject({ status_code: 200, content_json: { method: "POST", url: "/x?q=a+b" } });
    expect(await failureOf(run([`http ${server.url}/none`]))).toMatch(/answered 404/);
    expect(await run([{ step: `http ${server.url}/none`, status_code_check: 404 }, "return ${output.status_code}"])).toBe(404);
    expect(await failureOf(run(["http file:///etc/passwd"]))).toMatch(/expected http: or https:/);
    expect(plane.applications().length).toBeGreaterThan(0);
  });

  it("ssh: values reach the command as variables, never as text of it", async () => {
    const { plane, clock, machine } = scene();
    const entity = plane.create(entitySpec(vanillaSoftwareProcess.name, { displayName: "p", locations: [{ spec: "fake" }], config: { "checkRunning.command": "check", "launch.command": "go" } }));
    await clock.until(plane.submit(entity, "start", (work) => entity.invoke("start", {}, work)).result);
    machine.on('echo "${CLOCKER_VALUE_1}" ${HOME}', { stdout: "hello\n" });
    const steps = [{ step: "let x", value: "$(rm -rf /)" }, 'ssh echo "${x}" ${HOME}', "return ${output.stdout}"];
    expect(await clock.until(submitWorkflow(entity, { steps }).result)).toBe("hello");
    expect(machine.ran.at(-1)?.options.env).toMatchObject({ CLOCKER_VALUE_1: "$(rm -rf /)" });
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown step", ["lett x = 1"], /there is no step "lett" \| Did you mean "let"\?/],
    ["an unknown key", [{ step: "log x", conditon: 1 }], /step "log" has no key "conditon" \| Did you mean "condition"\?/],
    ["what is no step", [7], /step 1 of workflow "workflow": expected text/],
    ["two of one id", ["label a", "label a"], /two steps have the id "a"/],
    ["a shorthand that is not understood", ["foreach x of y"], /"x of y" is not understood after "foreach"/],
    ["an unknown step within others", [{ step: "if true", steps: ["lett x = 1"] }], /there is no step "lett"/],
    ["a value that is not there", ["log ${nothing}"], /"nothing" has no value/],
    ["an unknown label", [{ step: "no-op", id: "there" }, "goto ther"], /no step with the id "ther" \| Did you mean "there"\?/],
    ["an unknown effector", ["invoke-effector ech"], /no effector "ech" \| Did you mean "echo"\?/],
    ["an unknown transformer", ["transform x = a | trimm"], /no transformer "trimm" \| Did you mean "trim"\?/],
    ["no case", [{ step: "switch a", cases: [{ condition: "b", step: "no-op" }] }], /No case/],
    ["an error that no handler is for", [{ step: "fail message no", "on-error": [{ step: "no-op", condition: { "error-field": "message", equals: "x" } }] }], /^no$/],
    ["a step that fails for good", [{ step: "invoke-effector flaky with times = 99", "on-error": ["retry limit 3"] }], /Not retried again: it was 3 times: Failure 4/],
    ["retries without a limit after ten", [{ step: "invoke-effector flaky with times = 99", "on-error": ["retry"] }], /it was 10 times/],
    ["a step that is late", [{ step: "sleep 1h", timeout: "10s" }], /"sleep 1h" took longer than 10s/],
    ["deleting itself", ["delete-entity ${entity}"], /in a workflow of its own/],
    ["fail rethrow", [{ step: "fail message inner", "on-error": ["fail rethrow"] }], /^inner$/],
  ])("%s is an error", async (_what, steps, expected) => {
    expect(await failureOf((async () => scene().run(steps))())).toMatch(expected);
  });
});

describe("a workflow", () => {
  it("has input, output, a condition, a handler and a timeout of its own", async () => {
    const { run } = scene();
    expect(await run(["let b = ${a} + 1"], { input: { a: 1 }, output: { a: "${workflow.input.a}", b: "${b}" } })).toEqual({ a: 1, b: 2 });
    expect(await run(["return 1"], { condition: { config: "size", equals: 4 } })).toBeUndefined();
    expect(await run(["fail message no"], { "on-error": ["return ${error.message}"] })).toBe("no");
    expect(await failureOf(run(["sleep 1h"], { timeout: "1m" }))).toMatch(/longer than 1m/);
  });

  it("has a task a step, and is kept as its retention says", async () => {
    const { run, entity, plane } = scene();
    for (let i = 0; i < 5; i++) await run(["let x = ${workflow.name}", { step: "no-op", name: "Rest" }]);
    expect(plane.tasks.tasksOf(entity.id).slice(-2).map(({ name }) => name)).toEqual(["1 - let x = ${workflow.name}", "2 - Rest"]);
    await failureOf(run(["fail message no"]));
    const kept = WorkflowRuns.of(plane).of(entity);
    expect(kept.map(({ status }) => status)).toEqual(["SUCCESS", "SUCCESS", "ERROR"]);
    const task = plane.task(kept[0]?.taskId ?? "");
    expect(task?.tags).toContainEqual({ applicationId: entity.id, entityId: entity.id, workflowId: kept[0]?.id, workflowName: "workflow" });
  });
});

describe("initializers and policies", () => {
  it("workflow-effector: parameters are variables", async () => {
    const { entity, plane, clock } = scene([{ type: "workflow-effector", config: { name: "add", parameters: { a: { type: "integer", defaultValue: 2 }, b: "integer" }, steps: ["let sum = ${a} + ${b}", "return ${sum}"] } }]);
    expect(await clock.until(plane.submit(entity, "x", (work) => entity.invoke("add", { b: "3" }, work)).result)).toBe(5);
  });

  it("workflow-sensor: every period, and when a trigger changes", async () => {
    const count = sensor("count", types.integer, "");
    const { entity, clock } = scene([
      { type: "workflow-sensor", config: { sensor: { name: "double", type: "integer" }, triggers: ["count"], steps: ["let x = ${entity.sensor.count} * 2", "return ${x}"] } },
      { type: "workflow-sensor", config: { sensor: "ticks", period: "1m", steps: ["let x = ${entity.sensor.ticks} ?? 0", "let y = ${x} + 1", "return ${y}"] } },
    ]);
    entity.set(count, 4);
    await clock.advance(150_000);
    expect([entity.sensorValue("double")?.value, entity.sensorValue("ticks")?.value]).toEqual([8, 3]);
  });

  it("workflow-initializer: once", async () => {
    const config = { name: "first", steps: ["let n = ${entity.sensor.runs} ?? 0", "let m = ${n} + 1", "set-sensor integer runs = ${m}"] };
    const { entity, clock } = scene([{ type: "workflow-initializer", config }, { type: "workflow-initializer", config: { ...config, delay: "10s" } }]);
    await clock.advance(60_000);
    expect([entity.sensorValue("runs")?.value, entity.tags]).toEqual([1, [{ "workflow-initializer": "first" }]]);
  });

  it("workflow-policy: runs when a sensor changes, not while it is suspended; a failure is a highlight", async () => {
    const count = sensor("count", types.integer, "");
    const { entity, clock } = scene([], [{ type: "workflow-policy", config: { triggers: "count", steps: ["if ${entity.sensor.count} == 3 then fail message three", "set-sensor seen = ${entity.sensor.count}"] } }]);
    const [policy] = entity.adjuncts;
    const seen: unknown[] = [];
    for (const value of [1, 3]) {
      entity.set(count, value);
      await clock.advance(1_000);
      seen.push(entity.sensorValue("seen")?.value);
    }
    policy?.suspend();
    entity.set(count, 5);
    await clock.advance(1_000);
    expect([seen, entity.sensorValue("seen")?.value, policy?.highlights.get("lastError")?.description]).toEqual([[1, 1], 1, "three"]);
  });

  it.each<[JsonObject, RegExp]>([
    [{ steps: ["no-op"] }, /needs a name/],
    [{ name: "x" }, /it has no "steps"/],
    [{ name: "x", steps: ["retrun 1"] }, /no step "retrun"/],
  ])("are refused when they cannot be read: %j", (config, expected) => {
    expect(() => scene([{ type: "workflow-effector", config }])).toThrow(expected);
  });
});

it("workflowSteps names each step once", () => {
  const names = workflowSteps.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(workflowSteps.filter(({ supported }) => supported).length).toBeGreaterThan(25);
});
