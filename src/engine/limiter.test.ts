import { describe, expect, it } from "vitest";
import { Limiter } from "./limiter.ts";

describe("Limiter", () => {
  it("admits as many as it may, then one for each that leaves, in order", async () => {
    const limiter = new Limiter(2);
    const admitted: string[] = [];
    const enter = async (name: string): Promise<() => void> => {
      const release = await limiter.acquire("enter");
      admitted.push(name);
      return release;
    };
    const [a, , c, d] = [enter("a"), enter("b"), enter("c"), enter("d")];
    const releaseA = await a;
    expect(admitted).toEqual(["a", "b"]);
    releaseA();
    releaseA();
    const releaseC = await c;
    expect(admitted).toEqual(["a", "b", "c"]);
    expect(limiter.hasRoom).toBe(false);
    releaseC();
    await d;
    expect(admitted).toEqual(["a", "b", "c", "d"]);
  });

  it("lets one who waits give up, without losing the place", async () => {
    const limiter = new Limiter(1);
    const release = await limiter.acquire("enter");
    const stop = new AbortController();
    const waiting = limiter.acquire("enter", stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    release();
    expect(limiter.held).toBe(0);
  });

  it("failWaiting() fails those who wait, and no one else", async () => {
    const limiter = new Limiter(1);
    await limiter.acquire("enter");
    const waiting = limiter.acquire("enter");
    limiter.failWaiting(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    expect(limiter.held).toBe(1);
  });

  it("shrinkTo() admits no one until fewer are there, and never goes below one", async () => {
    const limiter = new Limiter(3);
    const releases = await Promise.all([limiter.acquire("enter"), limiter.acquire("enter"), limiter.acquire("enter")]);
    limiter.shrinkTo(0);
    const waiting = limiter.acquire("enter");
    releases[0]();
    releases[1]();
    expect([limiter.held, limiter.hasRoom]).toEqual([1, false]);
    releases[2]();
    await waiting;
    expect(limiter.held).toBe(1);
  });
});
