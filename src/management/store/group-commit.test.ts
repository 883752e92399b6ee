import { describe, expect, it } from "vitest";
import type { EncodedChange } from "./encoded-change.ts";
import { GroupCommit } from "./group-commit.ts";

const change = (id: string): EncodedChange => ({ kind: "entity", id, text: "{}" });

describe("GroupCommit", () => {
  it("commits the writes of one turn together, and those that come meanwhile in the next commit", async () => {
    const committed: string[][] = [];
    const later: Promise<void>[] = [];
    const group: GroupCommit = new GroupCommit(async (changes) => {
      committed.push(changes.map(({ id }) => id));
      if (committed.length === 1) later.push(group.write([change("c")]), group.write([change("d")]));
    });
    await Promise.all([group.write([change("a")]), group.write([change("b")])]);
    await Promise.all(later);
    expect(committed).toEqual([["a", "b"], ["c", "d"]]);
    expect(group.commits).toBe(2);
  });

  it("rejects the writes of a failed commit, and goes on with the next ones", async () => {
    let attempts = 0;
    const group = new GroupCommit(async () => {
      if (++attempts === 1) throw new Error("disk full");
    });
    const outcomes = await Promise.allSettled([group.write([change("a")]), group.write([change("b")])]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await group.write([change("c")]);
    expect(group.commits).toBe(1);
  });

  it("commits a write that is larger than a group alone, and never splits it", async () => {
    const committed: number[] = [];
    const group = new GroupCommit(async (changes) => void committed.push(changes.length), 4);
    await Promise.all([group.write([change("a")]), group.write([change("b"), change("c"), change("d")]), group.write([change("e"), change("f")])]);
    expect(committed).toEqual([1, 3, 2]);
  });

  it("is idle when nothing waits, whatever the outcome", async () => {
    const group = new GroupCommit(() => Promise.reject(new Error("no")));
    const write = group.write([change("a")]);
    await Promise.all([group.idle(), expect(write).rejects.toThrow("no")]);
    await group.idle();
  });
});
