import { expect, test } from "vitest";
import { Mutex, untilAborted } from "./mutex.ts";

test("Mutex runs one at a time, in order, also after a failure", async () => {
  const mutex = new Mutex();
  const seen: string[] = [];
  const work = (name: string, fail = false) =>
    mutex.run(async () => {
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
      if (fail) throw new Error(name);
    });
  const outcomes = await Promise.allSettled([work("a"), work("b", true), work("c")]);
  expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("Mutex lets an aborted waiter go and keeps the order of the others", async () => {
  const mutex = new Mutex();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const controller = new AbortController();
  const seen: string[] = [];
  const first = mutex.run(() => gate.then(() => void seen.push("first")));
  const aborted = mutex.run(async () => void seen.push("aborted"), controller.signal);
  const third = mutex.run(async () => void seen.push("third"));
  controller.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  open();
  await Promise.all([first, third]);
  expect(seen).toEqual(["first", "third"]);
});

test("untilAborted gives the promise's outcome when the signal stays quiet", async () => {
  await expect(untilAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
  await expect(untilAborted(Promise.resolve(1), AbortSignal.abort(new Error("no")))).rejects.toThrow("no");
});
