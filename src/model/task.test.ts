import { expect, test } from "vitest";
import { ClockerError } from "./errors.ts";
import { Task, TaskStream } from "./task.ts";

test("TaskStream keeps the head and the tail, and tells what it left out", () => {
  const stream = new TaskStream();
  for (let i = 0; i < 30_000; i++) stream.write(`line ${String(i).padStart(5, "0")}\n`);
  expect(stream.size).toBe(330_000);
  expect(stream.text).toMatch(/^line 00000\n/);
  expect(stream.text).toMatch(/line 29999\n$/);
  const [, dropped = ""] = /\n\.\.\. (\d+) characters left out \.\.\.\n/.exec(stream.text) ?? [];
  expect(Number(dropped)).toBe(330_000 - 32_000 - 96_000);
  expect(stream.lastLines(2)).toBe("line 29998\nline 29999");
});

test("TaskStream keeps a short text whole, however it was written", () => {
  const stream = new TaskStream();
  stream.write("a".repeat(31_999));
  stream.write("bcd");
  stream.write("");
  expect(stream.text).toBe(`${"a".repeat(31_999)}bcd`);
});

test("Task ends once, and cancelling reaches sub-tasks that still run", async () => {
  const parent = new Task({ id: "a", name: "parent", submittedAt: 0 });
  const [done, running] = [new Task({ id: "b", name: "done", submittedAt: 0, parent }), new Task({ id: "c", name: "running", submittedAt: 0, parent })];
  done.end(1, { result: 1 });
  parent.cancel(new ClockerError("cancelled", "Enough"));
  expect([done.signal.aborted, running.signal.aborted]).toEqual([false, true]);
  const error = new Error("stopped");
  running.end(2, { error, remedy: undefined });
  running.end(3, { result: "late" });
  await running.ended;
  expect([running.state, running.endedAt, running.result]).toEqual(["cancelled", 2, "stopped"]);
});
