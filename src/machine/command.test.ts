import { describe, expect, it } from "vitest";
import { ClockerError } from "../model/errors.ts";
import { exitCodeOfSignal, nameOf, withBounds } from "./command.ts";

describe("withBounds()", () => {
  const untilAborted = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

  it("aborts with timeout when the time is over", async () => {
    await expect(withBounds("do it", { timeout: 5 }, untilAborted)).rejects.toMatchObject({ code: "timeout", message: "Cannot do it: it took longer than 0.005 s" });
  });

  it("aborts with cancelled when the caller's signal does", async () => {
    const stop = new AbortController();
    const waiting = withBounds("do it", { signal: stop.signal }, untilAborted);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  });

  it("keeps the reason of a caller who gave one", async () => {
    const reason = new ClockerError("interrupted", "The server is stopping");
    await expect(withBounds("do it", { signal: AbortSignal.abort(reason) }, untilAborted)).rejects.toBe(reason);
  });
});

describe("nameOf()", () => {
  it("never tells arguments, which may be secret", () => {
    expect(nameOf({ argv: ["mysql", "--password=secret"] })).toBe('"mysql"');
    expect(nameOf({ script: "echo secret" })).toBe("a script");
  });
});

it.each([
  ["SIGKILL", 137],
  ["TERM", 143],
  ["SIGUNKNOWN", 128],
])("exitCodeOfSignal(%s) is %i", (signal, code) => {
  expect(exitCodeOfSignal(signal)).toBe(code);
});
