import { describe, expect, it } from "vitest";
import { ProgressView } from "./progress-view.ts";
import { culprit, type Step, tellingSteps } from "./steps.ts";

function step(id: string, parentId: string | undefined, ms: number | undefined, state: Step["state"] = ms === undefined ? "running" : "done"): Step {
  return { id, parentId, label: id, state, startedAt: 0, endedAt: ms, waitingFor: undefined };
}

describe("tellingSteps", () => {
  it("leaves out the task itself, the quick, and those that only waited for one of theirs", () => {
    const steps = [step("root", undefined, 10_000), step("wrapper", "root", 9_000), step("slow", "wrapper", 8_900), step("two", "slow", 5_000), step("also two", "slow", 3_900), step("quick", "root", 20)];
    expect(tellingSteps(steps).map(({ id }) => id)).toEqual(["slow", "two", "also two"]);
  });

  it("shows of failures the one that began it, and those that did not matter", () => {
    const steps = [step("root", undefined, 100, "failed"), step("middle", "root", 90, "failed"), step("cause", "middle", 80, "failed"), step("inessential", "root", 1, "ignored")];
    expect(tellingSteps(steps).map(({ id }) => id)).toEqual(["cause", "inessential"]);
    expect(culprit(steps)?.id).toBe("cause");
  });
});

describe("culprit", () => {
  it("is the first of several", () => {
    expect(culprit([step("a", undefined, 9, "failed"), step("b", "a", 5, "failed"), step("c", "a", 3, "failed")])?.id).toBe("c");
    expect(culprit([step("a", undefined, 9)])).toBeUndefined();
  });
});

describe("ProgressView", () => {
  function view(isTTY: boolean): { view: ProgressView; text: () => string } {
    let text = "";
    const out = { write: (chunk: string) => (text += chunk), isTTY, columns: 40 };
    const io = { stdout: out, stderr: out, stdin: process.stdin, env: { NO_COLOR: "1" }, home: "", signal: new AbortController().signal };
    return { view: new ProgressView(io, () => 2_500), text: () => text };
  }
  const root = step("root", undefined, undefined);

  it("prints each step once, when it has ended, where there is no terminal", () => {
    const { view: plain, text } = view(false);
    plain.update([root, step("install", "root", undefined)]);
    plain.update([root, step("install", "root", 1_200), step("evil\u001b[2J\nname", "root", 700, "failed")]);
    plain.update([root, step("install", "root", 1_200), step("evil\u001b[2J\nname", "root", 700, "failed")]);
    plain.end();
    expect(text()).toBe("  ✗ evil[2J name 0.7 s\n  ✓ install 1.2 s\n");
  });

  it("redraws what runs on a terminal, within its width, and takes it away at the end", () => {
    const { view: live, text } = view(true);
    live.update([root, { ...step(`a very long name ${"x".repeat(60)}`, "root", undefined), waitingFor: "something" }]);
    const [line = ""] = text().split("\n");
    expect(line.length).toBeLessThanOrEqual(40);
    live.end();
    expect(text().endsWith("\u001b[1A\u001b[0J")).toBe(true);
  });
});
