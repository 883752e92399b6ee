import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("policies and adjuncts", () => {
  it("are listed, read, stopped, started and removed", async () => {
    const { at } = await api().deployed();
    const [policy] = (await api().get(`${at}/policies`)).json();
    expect(policy).toMatchObject({ name: "Test policy", state: "RUNNING" });
    expect((await api().get(`${at}/policies/${policy.id}`)).json()).toBe("RUNNING");
    expect((await api().get(`${at}/policies/Test%20policy/config/current-state`)).json()).toEqual({ "policy.size": 7 });
    expect((await api().get(`${at}/policies/${policy.id}/config`)).json()).toMatchObject([{ name: "policy.live" }, { name: "policy.password" }, { name: "policy.size", defaultValue: 5 }]);
    expect((await api().post(`${at}/policies/${policy.id}/stop`)).statusCode).toBe(204);
    expect((await api().get(`${at}/policies/${policy.id}`)).json()).toBe("STOPPED");
    expect((await api().get(`${at}/policies/current-state`)).json()).toEqual({ [policy.id]: false });
    expect(policy.links).toMatchObject({ start: `${policy.links.self}/start`, stop: `${policy.links.self}/stop`, destroy: `${policy.links.self}/destroy` });
    expect((await api().post(`${at}/policies/${policy.id}/start`)).statusCode).toBe(204);
    expect((await api().get(`${at}/adjuncts/${policy.id}`)).json()).toMatchObject({ adjunctType: "POLICY", state: "RUNNING", config: { "policy.size": 7 } });
    expect((await api().post(`${at}/policies/${policy.id}/destroy`)).statusCode).toBe(204);
    expect((await api().get(`${at}/policies`)).json()).toEqual([]);
    expect((await api().get(`${at}/policies/${policy.id}`)).statusCode).toBe(404);
  });

  it("are suspended for a time, and found by the id and tag that the blueprint gives", async () => {
    const { at } = await api().deployed(`
name: Shop
description: What is sold
version: 1.2
location: test:here
services:
- type: test-service
  description: The front
  brooklyn.policies: [{ type: org.example.TestPolicy, id: mine, uniqueTag: only, tags: [a, { b: 1 }] }]
`);
    const before = Date.now();
    expect((await api().post(`${at}/policies/mine/stop?for=1h`)).statusCode).toBe(204);
    const shown = (await api().get(`${at}/adjuncts/only`)).json();
    expect(shown).toMatchObject({ state: "STOPPED", planId: "mine", functionallyUniqueIdentifier: "only", tags: ["a", { b: 1 }] });
    expect(shown.suspendedUntil).toBeGreaterThanOrEqual(before + 3_600_000);
    expect((await api().post(`${at}/adjuncts/mine/start`)).statusCode).toBe(204);
    expect((await api().get(`${at}/adjuncts/mine`)).json().suspendedUntil).toBeUndefined();
    expect((await api().post(`${at}/adjuncts/mine/stop?for=soon`)).json()).toMatchObject({ message: 'Cannot suspend for "soon": expected a duration such as 30m or 1h' });
    const app = at.split("/entities/")[0];
    const [, , , id] = (app ?? "").split("/");
    // As Brooklyn has it: what describes an application is kept with its text.
    expect((await api().get(`${app}/entities/${id}/spec`)).body).toMatch(/description: What is sold[\s\S]*version: 1.2[\s\S]*description: The front/);
  });

  it("are attached; enrichers cannot be stopped; unknown types are refused", async () => {
    const { at } = await api().deployed();
    const made = await api().post(`${at}/adjuncts?type=org.example.TestEnricher`, { "policy.password": "hunter2" });
    expect(made.statusCode).toBe(200);
    expect(made.body).not.toContain("hunter2");
    const { id } = made.json();
    expect((await api().get(`${at}/adjuncts?adjunctType=enricher`)).json()).toHaveLength(1);
    expect((await api().get(`${at}/adjuncts?adjunctType=other`)).statusCode).toBe(400);
    expect((await api().post(`${at}/adjuncts/${id}/stop`)).statusCode).toBe(400);
    expect((await api().get(`${at}/adjuncts/${id}/config/policy.size`)).json()).toBe(5);
    expect((await api().delete(`${at}/adjuncts/${id}`)).statusCode).toBe(204);
    expect((await api().post(`${at}/adjuncts`, {})).statusCode).toBe(400);
    expect((await api().post(`${at}/adjuncts?type=org.example.Nope`, {})).json().data.code).toBe("unknown-type");
  });
});
