import { describe, expect, it } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { Task } from "../../model/task.ts";
import { types } from "../../model/types/index.ts";
import { interestingFirst } from "./task-order.ts";
import { taskSummary } from "./task-summary.ts";
import { jsonOf, shownValue } from "./values.ts";

function task(name: string, options: { parent?: Task; started?: number; ended?: number; error?: Error } = {}): Task {
  const made = new Task({ id: name, name, submittedAt: 1, ...(options.parent === undefined ? {} : { parent: options.parent }) });
  if (options.started !== undefined) made.begin(options.started);
  if (options.error !== undefined) made.end(options.ended ?? 9, { error: options.error, remedy: undefined });
  else if (options.ended !== undefined) made.end(options.ended, { result: "done" });
  return made;
}

const nothing = { entity: () => undefined, detail: true };

describe("taskSummary", () => {
  it.each([
    [task("waiting"), "Submitted for execution", false],
    [task("running", { started: 2 }), "In progress", false],
    [task("done", { started: 2, ended: 3 }), "Completed", false],
    [task("failed", { started: 2, error: new Error("x") }), "Failed", true],
  ])("has the status of Brooklyn's tasks", (each, status, isError) => {
    expect(taskSummary(each, nothing)).toMatchObject({ currentStatus: status, isError });
  });

  it("leaves out times that are not there, and gives results only in detail", () => {
    expect(JSON.parse(JSON.stringify(taskSummary(task("waiting"), nothing)))).not.toHaveProperty("startTimeUtc");
    expect(taskSummary(task("done", { started: 2, ended: 1_202 }), nothing)).toMatchObject({ result: "done", detailedStatus: 'Completed after 1s 200ms\n\nResult: "done"' });
    expect(taskSummary(task("done", { started: 2, ended: 3 }), { ...nothing, detail: false })).not.toHaveProperty("result");
  });

  it("says the kind of a failure by its most telling cause", () => {
    const error = new ClockerError("start-failed", "Cannot start", { cause: new ClockerError("no-capacity", "No host left") });
    expect(taskSummary(task("failed", { started: 2, error }), nothing).failure).toEqual({ code: "no-capacity", reason: "Cannot start: No host left", remedy: undefined });
    expect(taskSummary(task("failed", { started: 2, error: new Error("x") }), nothing).failure?.code).toBe("internal");
  });

  it("suppresses secrets in tags and results", () => {
    const made = new Task({ id: "a", name: "a", submittedAt: 1, tags: [{ effectorParams: { password: "hunter2" } }] });
    made.end(2, { result: { password: "hunter2" } });
    expect(JSON.stringify(taskSummary(made, nothing))).not.toContain("hunter2");
  });
});

describe("interestingFirst", () => {
  it("puts tasks that nobody submitted first, running before waiting before ended, then the most recent", () => {
    const parent = task("parent", { started: 1, ended: 5 });
    const all = [parent, task("child", { parent, started: 2 }), task("old", { started: 1, ended: 2 }), task("waiting"), task("running", { started: 4 })];
    expect(interestingFirst(all, { limit: 10, recurse: false }).map(({ name }) => name)).toEqual(["running", "waiting", "parent", "old", "child"]);
  });

  it("keeps one of each name when there are too many", () => {
    const polls = Array.from({ length: 5 }, (_, index) => task("poll", { started: 10 + index, ended: 20 + index }));
    const kept = interestingFirst([...polls, task("start", { started: 1, ended: 2 })], { limit: 3, recurse: false });
    expect(kept.map(({ name }) => name)).toEqual(["poll", "poll", "start"]);
  });

  it("takes sub-tasks in when asked to", () => {
    const parent = task("parent", { started: 1 });
    task("child", { parent, started: 2 });
    expect(interestingFirst([parent], { limit: 10, recurse: true }).map(({ name }) => name)).toEqual(["parent", "child"]);
  });
});

describe("shownValue", () => {
  it("writes values through their types", () => {
    expect(shownValue("a", 90_000, types.duration)).toBe("1m 30s");
    expect(shownValue("a", { state: "RUNNING", at: 0 }, types.transition)).toBe("running @ 0 / Thu, 01 Jan 1970 00:00:00 GMT");
    expect(shownValue("a", null, types.string)).toBeUndefined();
  });

  it("describes what can't be written", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(shownValue("a", loop, types.json)).toEqual({ type: "error", message: expect.stringContaining("holds itself") });
  });

  it("suppresses by name, by key, and deep inside", () => {
    expect(shownValue("db.password", "x", undefined)).toMatch(/^<suppressed>/);
    expect(shownValue("plain", "x", undefined, { secret: true })).toMatch(/^<suppressed>/);
    expect(JSON.stringify(shownValue("env", { DB_PASSWORD: "hunter2", USER: "bob" }, types.json))).not.toContain("hunter2");
    expect(shownValue("password.required", true, undefined)).toBe(true);
  });
});

describe("jsonOf", () => {
  it("writes sets, maps, dates, errors and big numbers", () => {
    expect(jsonOf({ set: new Set([1]), map: new Map([["a", 1n]]), date: new Date(0), error: new Error("x"), infinite: Infinity, none: undefined })).toEqual({
      set: [1],
      map: { a: 1 },
      date: "1970-01-01T00:00:00.000Z",
      error: { type: "error", message: "x" },
      infinite: "Infinity",
    });
    expect(jsonOf(() => 1)).toMatchObject({ error: true, errorType: "java.io.NotSerializableException" });
  });
});
