import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OutputGrace } from "./output-grace.ts";

describe("OutputGrace", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function grace(): { grace: OutputGrace; done: () => number } {
    let done = 0;
    return { grace: new OutputGrace(() => done++), done: () => done };
  }

  it("waits for silence once the command has ended, and for each piece of output anew", async () => {
    const { grace: subject, done } = grace();
    await vi.advanceTimersByTimeAsync(100_000);
    subject.begin();
    for (let piece = 0; piece < 5; piece++) {
      await vi.advanceTimersByTimeAsync(1_900);
      subject.heard();
    }
    expect(done()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(done()).toBe(1);
  });

  it("gives up output that never ends", async () => {
    const { grace: subject, done } = grace();
    subject.begin();
    for (let piece = 0; piece < 100; piece++) {
      await vi.advanceTimersByTimeAsync(1_000);
      subject.heard();
    }
    expect(done()).toBe(1);
  });

  it("does nothing after cancel()", async () => {
    const { grace: subject, done } = grace();
    subject.begin();
    subject.cancel();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(done()).toBe(0);
  });
});
