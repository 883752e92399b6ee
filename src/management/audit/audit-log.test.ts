import { describe, expect, it } from "vitest";
import type { Documents } from "../../model/management.ts";
import type { JsonObject } from "../../model/spec.ts";
import { AuditLog } from "./audit-log.ts";

function documents(): Documents & { readonly kept: Map<string, JsonObject> } {
  const kept = new Map<string, JsonObject>();
  return { kept, put: (_kind, id, data) => void kept.set(id, data), follow: () => {}, remove: (_kind, id) => void kept.delete(id), get: (_kind, id) => kept.get(id), all: () => kept, flush: async () => {} };
}

const clock = { now: () => 1_000_000 };
const fact = (user: string) => ({ user, action: "POST /v1/applications", outcome: "initiated" as const });

describe("AuditLog", () => {
  it("goes on after a restart, and its chain is whole", () => {
    const store = documents();
    new AuditLog(store, clock).append({ ...fact("ann"), details: { names: ["a"] }, entityId: "x" });
    const again = new AuditLog(store, clock);
    expect(again.append(fact("bob"))).toBe(2);
    expect(new AuditLog(store, clock).verify()).toEqual({ entries: 2, brokenAt: undefined });
    expect(again.find({}, 10).map(({ number }) => number)).toEqual([2, 1]);
    expect(again.find({ user: "ann" }, 10)).toMatchObject([{ entityId: "x", details: { names: ["a"] } }]);
    expect(again.find({ before: 2 }, 10)).toHaveLength(1);
    expect(again.find({ action: "delete" }, 10)).toEqual([]);
  });

  it("shows an entry that was changed, and one that was taken out", () => {
    const changed = documents();
    const log = new AuditLog(changed, clock);
    for (const user of ["a", "b", "c"]) log.append(fact(user));
    changed.kept.set("000000000002", { ...changed.kept.get("000000000002"), user: "nobody" });
    expect(new AuditLog(changed, clock).verify().brokenAt).toBe(2);
    changed.kept.delete("000000000002");
    expect(new AuditLog(changed, clock).verify().brokenAt).toBe(3);
  });

  it("keeps a bounded number, and those not too old; what is left is whole", () => {
    const store = documents();
    let now = 0;
    const log = new AuditLog(store, { now: () => now }, 10);
    for (let i = 0; i < 35; i++) log.append(fact(String(i)));
    expect(store.kept.size).toBeLessThanOrEqual(11);
    now += 500 * 86_400_000;
    log.append(fact("later"));
    expect(log.find({}, 100).map(({ user }) => user)).toEqual(["later"]);
    expect(new AuditLog(store, clock).verify()).toEqual({ entries: 1, brokenAt: undefined });
  });
});
