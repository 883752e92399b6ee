import { describe, expect, it, vi } from "vitest";
import { failureOf, workflowScene } from "../../../test/support/workflow-scene.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type EntitySpec, type JsonObject } from "../../model/spec.ts";
import { useTextParser } from "../../model/types/index.ts";
import { parseYaml } from "../../blueprint/yaml/parse-yaml.ts";
import { vanillaSoftwareProcess } from "../process/software-process.ts";
import { basicEntity } from "../stock/application.ts";
import { submitWorkflow, WorkflowRuns } from "./index.ts";

useTextParser((text) => parseYaml(text).value);

describe("expressions", () => {
  it.each<[string, unknown[], unknown]>([
    ["what is in quotes is not filled in by let", ['let who = Bob', 'let msg = "${who}" is ${who}', "return ${msg}"], "${who} is Bob"],
    ["one quotation of set-sensor is", ["let v = 1", 'set-sensor s = "v is ${v}"', "return ${entity.sensor.s}"], "v is 1"],
    ["only let reckons", ["let v = 1", "set-sensor s = ${v} + 1", "return ${entity.sensor.s}"], "1 + 1"],
    ["?? is after reckoning", ["let integer x = ${entity.sensor.none} + 1 ?? 0", "return ${x}"], 0],
    ["what the step before gave is known by its names", ["invoke-effector echo with a = 1 and b = 2", "return ${a}-${b}"], "1-2"],
    ["a step's own input comes first", ["let x = outer", { step: "invoke-effector echo", args: { got: "${x}" }, input: { x: "inner ${x}" } }, "return ${output.got}"], "inner outer"],
    ["output of the step within its output", [{ step: "invoke-effector echo with a = 5", output: { b: "${a}", c: "${output.a}" } }, "return ${b}${c}"], "55"],
    ["steps by id and place", [{ step: "invoke-effector echo with a = 5", id: "one" }, "no-op", "return ${workflow.step.one.step_index} ${workflow.previous_step.step_index} ${workflow.current_step.step_index}"], "0 1 2"],
    ["time and chance", ["let a = ${workflow.util.now}", "return ${workflow.util.random}"], expect.any(Number)],
    ["children by name, and how many", ["return ${entity.children.size} ${entity.application.name}"], "0 web"],
    ["a key of a map", [{ step: "let m", value: { a: 1 } }, "let m.b.c = 2", "return ${m}"], { a: 1, b: { c: "2" } }],
    ["old names of let", ["set-workflow-variable integer x = 4", "let y = 1", "clear-workflow-variable y", 'return ${x} ${y!"gone"}'], "4 gone"],
    ["a value as JSON text", [{ step: "let m", value: { a: 1 } }, "let json string s = ${m}", "return ${s}"], '{"a":1}'],
    ["trimmed: the last document", [{ step: "let trimmed map m", value: "noise\n---\na: 1\n" }, "return ${m.a}"], 1],
    ["interpolation_mode: disabled", [{ step: "let x", value: "${none}", interpolation_mode: "disabled" }, "return ${x}"], "${none}"],
    ["interpolation_errors: ignore and blank", [{ step: "let x", value: "a ${none}", interpolation_errors: "ignore" }, { step: "let y", value: "a${none}", interpolation_errors: "blank" }, "return ${x}|${y}"], "a ${none}|a"],
    ["a colon that YAML took for a map", [{ "log Your name is": "${entity.name}" }, "return done"], "done"],
  ])("%s", async (_what, steps, expected) => {
    expect(await workflowScene().run(steps)).toEqual(expected);
  });
});

describe("conditions", () => {
  const list = { target: "${list}" };
  it.each<[string, unknown, boolean]>([
    ["equals of another value", { target: "${entity.name}", equals: "${name}" }, true],
    ["regex", { target: "${entity.name}", regex: "w.b" }, true],
    ["glob", { target: "${entity.name}", glob: "w*" }, true],
    ["not", { not: { target: "${entity.name}", equals: "web" } }, false],
    ["check", { target: "${entity.name}", check: { equals: "web" } }, true],
    ["when present", { target: "${none}", when: "present" }, false],
    ["when absent_or_null", { target: "${none}", when: "absent_or_null" }, true],
    ["when truthy", { target: "${zero}", when: "truthy" }, false],
    ["when falsy", { target: "${zero}", when: "falsy" }, true],
    ["less and greater", { target: "${five}", "less-than": 6, "greater-than-or-equal-to": 5 }, true],
    ["in-range", { target: "${five}", "in-range": [1, 4] }, false],
    ["size", { ...list, size: 3 }, true],
    ["has-element", { ...list, "has-element": "b" }, true],
    ["index", { ...list, index: 0, equals: "a" }, true],
    ["filter", { ...list, filter: { glob: "[ab]" }, size: 2 }, true],
    ["key", { target: "${map}", key: "a", equals: 1 }, true],
    ["jsonpath", { target: "${map}", jsonpath: "$.b.c", equals: 2 }, true],
    ["java-instance-of", { ...list, "java-instance-of": "java.util.List" }, true],
    ["any", { any: [{ target: "${five}", equals: 4 }, { target: "${five}", equals: 5 }] }, true],
    ["all", { all: [{ target: "${five}", equals: 4 }, { target: "${five}", equals: 5 }] }, false],
    ["config", { config: "size", equals: 3 }, true],
    ["sensor", { sensor: "s", when: "absent" }, true],
    ["tag", { tag: "red" }, false],
    ["the application", { target: "application", check: { config: "size", equals: 3 } }, true],
    ["children", { target: "children", size: 0 }, true],
    ["a value alone", "${five}", true],
    ["a condition on the key of a sensor map", { target: "${entity.config.a.b.c}", equals: "deep" }, true],
  ])("%s", async (_what, condition, expected) => {
    const input = { name: "web", zero: 0, five: 5, list: ["a", "b", "c"], map: { a: 1, b: { c: 2 } } };
    expect(await workflowScene().run([{ step: "return met", condition }, "return not met"], { input })).toBe(expected ? "met" : "not met");
  });

  it("error-cause and error-field look into what failed", async () => {
    const steps = (condition: object) => [{ type: "workflow", steps: [{ step: "fail message inner", "on-error": ["fail rethrow message outer"] }], "on-error": [{ step: "return handled", condition }, "return other"] }];
    expect(await workflowScene().run(steps({ "error-cause": { glob: "*inner*" } }))).toBe("handled");
    expect(await workflowScene().run(steps({ "error-field": "message", equals: "outer: inner" }))).toBe("handled");
    expect(await workflowScene().run(steps({ "error-cause": { glob: "*nothing*" } }))).toBe("other");
  });
});

describe("transform", () => {
  it.each<[string, unknown, unknown]>([
    ["trim", [" a ", null], ["a"]],
    ["split ,", "a,b", ["a", "b"]],
    ["split limit 2 regex [,;]", "a,b;c", ["a", "b;c"]],
    ["split keep_delimiters ,", "a,b", ["a", ",", "b"]],
    ["slice 1 -1", "héllo", "éll"],
    ["slice 1", [1, 2, 3], [2, 3]],
    ["remove 0", [1, 2], [2]],
    ["remove a", { a: 1, b: 2 }, { b: 2 }],
    ["replace regex l+ L", "hello", "heLo"],
    ["replace all literal . -", "a.b.c", "a-b-c"],
    ["replace glob h*l X", "hello", "Xo"],
    ["json string", { a: 1 }, '{"a":1}'],
    ["json encode", "a", '"a"'],
    ["json", "[1]", [1]],
    ["yaml", "noise\n---\na: 1", { a: 1 }],
    ["bash", "a$b", '"a\\$b"'],
    ["max", [3, 10, 2], 10],
    ["min", ["b", "a"], "a"],
    ["sum", [1, "2"], 3],
    ["average", [1, 2], 1.5],
    ["size", { a: 1 }, 1],
    ["to_string", 5, "5"],
    ["get a[1]", { a: [1, 2] }, 2],
    ["merge map deep", [{ a: { b: 1 } }, { a: { c: 2 } }], { a: { b: 1, c: 2 } }],
    ["merge set", [[1, 2], [2]], [1, 2]],
    ["type integer", "5", 5],
  ])("%s of %j", async (transformer, value, expected) => {
    expect(await workflowScene().run([{ step: `transform x | ${transformer}`, input: { value } }, "return ${output}"])).toEqual(expected);
  });

  it("merges words, waits, sets, returns and resolves", async () => {
    const { run } = workflowScene();
    expect(await run([{ step: "let a", value: [1] }, { step: "let b", value: [2] }, "transform c = ${a} ${b} | merge list", "return ${c}"])).toEqual([1, 2]);
    expect(await run(["transform value 5 | type integer | set five", "return ${five}"])).toBe(5);
    expect(await run(["let x = 1", "transform value ${x} | return", "return never"])).toBe("1");
    expect(await run([{ step: "let text", value: "${entity.name}", interpolation_mode: "disabled" }, "transform text | resolve_expression", "return ${text}"])).toBe("web");
  });
});

describe("flow", () => {
  it.each<[string, unknown[], unknown]>([
    ["if with a condition that is not met does nothing", [{ step: "if ${entity.name} == db then return no" }, "return on"], "on"],
    ["goto end within an if ends the workflow", ["if true then goto end", "return no"], null],
    ["subworkflow has the workflow's variables", ["let x = 1", { step: "subworkflow", steps: ["let x = ${x} + 1"] }, "return ${x}"], 2],
    ["nested workflows know only their input", ["let x = 1", { type: "workflow", input: { y: "${x}" }, steps: ["return ${y} ${x!}"] }, "return ${output}"], "1 "],
    ["reducing", [{ step: "foreach x in 1..3", reducing: { sum: 0 }, steps: ["let sum = ${sum} + ${x}"] }, "return ${sum}"], 6],
    ["workflow_output", [{ step: "foreach x in 1..2", workflow_output: { x: "${x}", got: "${output}" }, steps: ["invoke-effector echo with a = ${x}"] }], [{ x: 1, got: { a: 1 } }, { x: 2, got: { a: 2 } }]],
    ["foreach takes items apart", [{ step: "foreach {a, b}", target: [{ a: 1, b: 2 }], steps: ["return ${a}${b}"] }], ["12"]],
    ["foreach with a condition", [{ step: "foreach x in 1..4", condition: { "greater-than": 2 }, steps: ["return ${x}"] }], [3, 4]],
    ["concurrency", [{ step: "foreach x in 1..4", concurrency: "max(1, min(50%, -1))", steps: ["return ${x}"] }], [1, 2, 3, 4]],
    ["exit leaves an on-error", [{ step: "fail message no", "on-error": [{ step: "let x = 1", next: "exit" }, "return no"] }, "return ${x}"], "1"],
    ["retry with replay goes back to how things were", ["let n = 1", { step: "let n = ${n} + 1", id: "here", replayable: "from here" }, { step: "invoke-effector flaky with times = 2", "on-error": ["retry replay from here limit 5"] }, "return ${n}"], 2],
    ["retries counted together", [{ step: "invoke-effector flaky with times = 9", "on-error": [{ step: "retry limit 2", hash: "h", "on-error": ["return ${error.message}"] }] }], "Not retried again: it was 2 times"],
  ])("%s", async (_what, steps, expected) => {
    expect((await workflowScene().run(steps)) ?? null).toEqual(expected);
  });

  it("on-error of a workflow retries its step, or from the last point marked, and says when there is none", async () => {
    const flaky = "invoke-effector flaky with times = 2";
    const retry = { "on-error": ["retry limit 5"] };
    expect(await workflowScene().run(["let n = 1", { step: flaky, idempotent: "yes" }, "return ${n} ${output}"], retry)).toBe("1 worked after 2");
    expect(await workflowScene().run([{ step: "let n = ${n} + 1 ?? 1", replayable: "from here" }, flaky, "return ${n}"], retry)).toBe("1");
    expect(await failureOf(workflowScene().run([flaky], retry))).toMatch(/may not be run twice.*Failure 1/);
  });

  it.each([
    ["no number", /Cannot use "often"/, "often"],
    ["none left", /leaves none \| Write "max\(1, -9\)"/, "-9"],
  ])("concurrency that is none: %s", async (_what, expected, concurrency) => {
    expect(await failureOf(workflowScene().run([{ step: "foreach x in 1..2", concurrency, steps: ["no-op"] }]))).toMatch(expected);
  });

  it("a lock lets one workflow at a time in", async () => {
    const { entity, clock } = workflowScene();
    const log: string[] = [];
    entity.dynamicEffectors.set("note", effector("note", "", async ({ parameters }) => void log.push(String(parameters["what"]))));
    const locked = (name: string) => submitWorkflow(entity, { name, lock: "door", steps: [`invoke-effector note with what = ${name} in`, "sleep 10s", `invoke-effector note with what = ${name} out`] });
    const [first, second] = [locked("a"), locked("b")];
    await clock.advance(1_000);
    expect(second.task.children.length + Number(second.task.waitingFor?.includes("door"))).toBe(1);
    await clock.until(Promise.all([first.result, second.result]));
    expect([log, entity.sensorValue("lock-door")]).toEqual([["a in", "a out", "b in", "b out"], undefined]);
  });

  it("waits for what is set later, and for a task", async () => {
    const { entity, clock, plane } = workflowScene();
    const waiting = submitWorkflow(entity, { steps: ["wait x = ${entity.sensor.late}", "return ${x}"] });
    const task = plane.submit(entity, "other", async () => plane.clock.sleep(5_000).then(() => "its result"));
    const forTask = submitWorkflow(entity, { steps: [`wait task ${task.task.id}`, "return ${output}"] });
    await clock.advance(3_000);
    await clock.until(submitWorkflow(entity, { steps: ["set-sensor late = now"] }).result);
    expect([await clock.until(waiting.result), await clock.until(forTask.result)]).toEqual(["now", "its result"]);
  });

  it.each([
    ["24h", 3, 3],
    ["1", 3, 1],
    ["max(1, 24h)", 3, 3],
    ["min(2, 24h)", 3, 2],
    ["disabled", 2, 0],
    ["forever", 5, 5],
  ])("retention %s keeps %i of %i", async (retention, count, kept) => {
    const { run, entity, plane } = workflowScene();
    for (let i = 0; i < count; i++) await run(["no-op"], { retention });
    expect(WorkflowRuns.of(plane).of(entity).length).toBe(kept);
  });

  it("a step may change how long its workflow is kept", async () => {
    const { run, entity, plane } = workflowScene();
    for (let i = 0; i < 4; i++) await run(["workflow retention 1 hash ${workflow.name}-end"]);
    expect(WorkflowRuns.of(plane).of(entity).map(({ hash }) => hash)).toEqual(["workflow-end"]);
  });
});

describe("entities", () => {
  it("set-sensor: an entry of a map, and only as required", async () => {
    const { run, entity } = workflowScene();
    await run(["set-sensor m['a b'] = 1", "set-sensor m['c'] = 2", "clear-sensor m['a b']"]);
    expect(entity.sensorValue("m")?.value).toEqual({ c: "2" });
    expect(await failureOf(run([{ step: "set-sensor owner = me", require: { when: "absent" } }, { step: "set-sensor owner = you", require: { when: "absent" } }]))).toMatch(/not as required/);
  });

  it("set-sensor: a problem puts an entity on fire", async () => {
    const { plane, clock } = workflowScene();
    const started = plane.create(entitySpec("workflow-entity", { config: { start: ["no-op"] } }));
    await clock.until(plane.submit(started, "start", (work) => started.invoke("start", {}, work)).result);
    const states: unknown[] = [];
    for (const step of ["set-sensor service.problems['live'] = no answer", "clear-sensor service.problems['live']"]) {
      await clock.until(submitWorkflow(started, { steps: [step] }).result);
      states.push(started.sensorValue("service.state")?.value);
    }
    expect(states).toEqual(["ON_FIRE", "RUNNING"]);
  });

  it("reparent-entity moves one with all below it, but never below itself", async () => {
    const { plane, entity, run } = workflowScene();
    const child = plane.create(entitySpec(basicEntity.name, { displayName: "child" }), entity);
    const other = plane.create(entitySpec(basicEntity.name, { displayName: "other" }), entity);
    await run(["reparent-entity child child under other"]);
    expect([child.parent, entity.children, other.children]).toEqual([other, [other], [child]]);
    expect(await failureOf(run(["reparent-entity other under child"]))).toMatch(/which is a part of it/);
    expect(await failureOf(run(["reparent-entity web under child"]))).toMatch(/it is an application/);
  });

  it("apply-initializer and add-policy take what a blueprint would", async () => {
    const { run, entity, clock, plane } = workflowScene();
    await run([
      { step: "apply-initializer", blueprint: { type: "workflow-effector", "brooklyn.config": { name: "hi", steps: ["return hi ${entity.name}"] } } },
      { step: "add-policy", blueprint: { type: "workflow-policy", name: "watch", "brooklyn.config": { triggers: "x", steps: ["set-sensor seen = ${entity.sensor.x}"] } } },
      "let p = ${output.policy}",
      "set-sensor x = 1",
    ]);
    await clock.advance(1_000);
    expect([await clock.until(plane.submit(entity, "hi", (work) => entity.invoke("hi", {}, work)).result), entity.sensorValue("seen")?.value, entity.adjuncts[0]?.displayName]).toEqual(["hi web", "1", "watch"]);
    await run(["delete-policy watch"]);
    expect(entity.adjuncts).toEqual([]);
    expect(await failureOf(run(["apply-initializer workflow-effectr"]))).toMatch(/no initializer.*Did you mean "workflow-effector"/);
  });

  it("update-children has one child for each item, and tells what came, changed and went", async () => {
    const { plane, entity, run } = workflowScene();
    specsAreRead(plane);
    const step = (items: JsonObject[]) => [{
      step: "update-children type x id ${item.id}",
      items,
      on_create: ["set-sensor made = ${item.id}"],
      on_update: { steps: ["set-sensor name = ${item.name}"] },
      deletion_check: ["if ${child.name} == kept then return false", "return true"],
    }];
    await run(step([{ id: "a", name: "A" }, { id: "b", name: "B" }]));
    const values = (child: Entity) => ["made", "name"].map((name) => child.sensorValue(name)?.value);
    expect(entity.children.map(values)).toEqual([["a", "A"], ["b", "B"]]);
    const [, second] = entity.children;
    entity.children[0]?.rename("kept");
    await run(step([{ id: "b", name: "B2" }, { id: "c", name: "C" }]));
    expect([entity.children.map(values), entity.children[1]]).toEqual([[["a", "A"], ["b", "B2"], ["c", "C"]], second]);
    expect(await failureOf(run([{ step: "update-children type x id fixed", items: [1] }]))).toMatch(/identifier_expression/);
  });

  it("triggers may be sensors of other entities", async () => {
    const { plane, clock } = workflowScene();
    const source = plane.create(entitySpec(basicEntity.name, { displayName: "source" }));
    const watcher = plane.create(entitySpec(basicEntity.name, {
      policies: [{ type: "workflow-policy", config: { triggers: [{ sensor: "s", entity: source.id }], condition: { target: "${entity.name}", regex: ".*" }, steps: ["set-sensor seen = yes"] } }],
    }));
    await clock.advance(2_000);
    await clock.until(submitWorkflow(source, { steps: ["set-sensor s = 1"] }).result);
    await clock.advance(1_000);
    expect(watcher.sensorValue("seen")?.value).toBe("yes");
  });
});

/** `fakeManagement` reads no blueprints. */
function specsAreRead(plane: ReturnType<typeof workflowScene>["plane"]): void {
  const { resolve } = plane;
  const spec: EntitySpec = entitySpec(basicEntity.name);
  vi.spyOn(plane, "resolve").mockImplementation(async (raw, ...rest) => (typeof raw === "object" && raw !== null && "$brooklyn:entitySpec" in raw ? spec : resolve.call(plane, raw, ...rest)));
}

describe("types of steps from the catalog", () => {
  const greet = {
    type: "workflow",
    shorthand: '${name...} [ " with " ${greeting} ]',
    parameters: { name: { required: true }, greeting: { defaultValue: "Hello" }, times: { type: "integer", defaultValue: 1 } },
    steps: ["let n = ${times} + 1", "return ${greeting} ${name} ${n}"],
  };
  const withGreet = () => {
    const scene = workflowScene();
    vi.spyOn(scene.plane.types, "bean").mockImplementation((name) => (name === "greet" ? greet : undefined));
    return scene;
  };

  it.each<[string, unknown, unknown]>([
    ["in its shorthand", "greet Zachary Jones with Howdy", "Howdy Zachary Jones 2"],
    ["with a default", "greet Angela", "Hello Angela 2"],
    ["as a map", { type: "greet", input: { name: "Angela", times: "4" } }, "Hello Angela 5"],
    ["with its output changed", { step: "greet Angela", output: "${output}!" }, "Hello Angela 2!"],
  ])("%s", async (_what, step, expected) => {
    expect(await withGreet().run(["let name = not seen", step, "return ${output}"])).toBe(expected);
  });

  it.each<[unknown, RegExp]>([
    ["greet", /"greet" needs "name"/],
    [{ type: "greet", input: { name: "A", times: "often" } }, /parameter "times" must be/],
    [{ type: "greet", steps: ["no-op"] }, /has no key "steps"/],
    ["gret A", /no step "gret"/],
  ])("%j is refused", async (step, expected) => {
    expect(await failureOf((async () => withGreet().run([step]))())).toMatch(expected);
  });
});

describe("commands", () => {
  it("ssh: the exit code that is wanted, and what handlers see of another", async () => {
    const { plane, clock, machine } = workflowScene();
    const entity = plane.create(entitySpec(vanillaSoftwareProcess.name, { displayName: "p", locations: [{ spec: "fake" }], config: { "checkRunning.command": "check", "launch.command": "go" } }));
    await clock.until(plane.submit(entity, "start", (work) => entity.invoke("start", {}, work)).result);
    machine.on("odd", { stdout: "out", stderr: "err", exitCode: 3 });
    const run = (steps: unknown[]) => clock.until(submitWorkflow(entity, { steps }).result);
    expect(await run([{ step: "ssh odd", exit_code: { "less-than": 4 } }, "return ${exit_code} ${stdout} ${stderr}"])).toBe("3 out err");
    expect(await run([{ step: "ssh odd", exit_code: "any", output_max_size: 2 }, "return ${stdout}"])).toBe("ut");
    expect(await run([{ step: "ssh odd", "on-error": [{ step: "return handled ${exit_code}", condition: { target: "${exit_code}", equals: 3 } }] }])).toBe("handled 3");
    expect(await failureOf(run(["ssh odd"]))).toMatch(/exited with 3, and its last lines were: out\nerr/);
  });

  it("shell is refused unless the server's property allows it; winrm always", async () => {
    const { plane, run } = workflowScene();
    expect(await failureOf(run(["shell echo hi"]))).toMatch(/not allowed \| .*brooklyn.security.shell.workflow_step.disabled=false/);
    vi.spyOn(plane, "property").mockImplementation((name) => (name === "brooklyn.security.shell.workflow_step.disabled" ? "false" : undefined));
    expect(await submitWorkflow(plane.applications()[0] as Entity, { steps: ["let x = $(id)", "shell echo hi ${x}", "return ${stdout}"] }).result).toBe("hi $(id)");
    expect(await failureOf(run(["winrm dir"]))).toMatch(/no Windows machines/);
  });
});

describe("entities of workflows", () => {
  it("workflow-entity starts, stops and restarts by its workflows, and not its children", async () => {
    const { plane, clock } = workflowScene();
    const entity = plane.create(entitySpec("workflow-entity", { displayName: "W", config: { start: { steps: ["set-sensor starts = ${n} + 1", "let integer n = ${entity.sensor.count} ?? 0", "let n = ${n} + 1", "set-sensor integer count = ${n}"], input: { n: 0 } }, stop: ["set-sensor stopped = yes"] } }));
    const invoke = (name: string) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
    const state = () => ["service.state", "service.isUp", "count", "stopped"].map((name) => entity.sensorValue(name)?.value);
    expect(state()).toEqual(["CREATED", false, undefined, undefined]);
    await invoke("start");
    expect(state()).toEqual(["RUNNING", true, 1, undefined]);
    await invoke("restart");
    expect(state()).toEqual(["RUNNING", true, 2, "yes"]);
    await invoke("stop");
    expect(state().slice(0, 2)).toEqual(["STOPPED", false]);
    expect(WorkflowRuns.of(plane).of(entity).map(({ workflow }) => workflow.name)).toEqual(["start", "stop", "start", "stop"]);
  });

  it("workflow-entity is on fire when its start fails, and refused when it can't be read", async () => {
    const { plane, clock } = workflowScene();
    const entity = plane.create(entitySpec("workflow-entity", { displayName: "W", config: { start: ["fail message no luck"] } }));
    expect(await failureOf(clock.until(plane.submit(entity, "start", (work) => entity.invoke("start", {}, work)).result))).toMatch(/no luck/);
    expect(entity.sensorValue("service.state")?.value).toBe("ON_FIRE");
    expect(() => plane.create(entitySpec("workflow-entity", { displayName: "W", config: { start: ["lett x = 1"] } }))).toThrow(/"start" of "W": there is no step "lett"/);
  });

  it("workflow-software-process installs, launches, checks and stops by its workflows", async () => {
    const { plane, clock, machine } = workflowScene();
    let runs = false;
    machine.on("install it", { stdout: "installed" });
    machine.on("launch it", () => ((runs = true), {}));
    machine.on("look", () => ({ exitCode: runs ? 0 : 1 }));
    machine.on("end it", () => ((runs = false), {}));
    const config = {
      "install.workflow": { steps: ["ssh install it"] },
      "launch.workflow": { steps: ["ssh launch it", "set-sensor main.uri = there"] },
      "checkRunning.workflow": { steps: [{ step: "ssh look", "on-error": ["return false"] }, "return true"] },
      "stop.workflow": ["ssh end it"],
    };
    const entity = plane.create(entitySpec("workflow-software-process", { displayName: "P", locations: [{ spec: "fake" }], config }));
    const invoke = (name: string) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
    await invoke("start");
    expect([entity.sensorValue("service.isUp")?.value, entity.sensorValue("main.uri")?.value, runs]).toEqual([true, "there", true]);
    runs = false;
    await clock.advance(60_000);
    expect(entity.sensorValue("service.state")?.value).toBe("ON_FIRE");
    runs = true;
    await clock.advance(60_000);
    await invoke("stop");
    expect([entity.sensorValue("service.state")?.value, runs]).toEqual(["STOPPED", false]);
  });
});
