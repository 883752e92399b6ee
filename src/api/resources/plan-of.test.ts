import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";
import { planOfSpec } from "./plan-of.ts";

const api = useApi();
const planned = (spec: object) => JSON.parse(planOfSpec(JSON.stringify(spec)) ?? "null") as unknown;

describe("planOfSpec", () => {
  it("makes a plan of an ApplicationSpec: entities are services, config is brooklyn.config", () => {
    expect(planned({ name: "Old", entities: [{ name: "one", type: "T", config: { a: "1" } }, { type: "U" }], locations: ["here"], config: { b: 2 } })).toEqual({ name: "Old", location: "here", "brooklyn.config": { b: 2 }, services: [{ type: "T", name: "one", "brooklyn.config": { a: "1" } }, { type: "U" }] });
    expect(planned({ name: "Old", type: "T", locations: ["here", "there"], config: { a: 1 } })).toEqual({ name: "Old", locations: ["here", "there"], services: [{ type: "T", "brooklyn.config": { a: 1 } }] });
  });

  it.each([
    ["a plan in JSON", { name: "x", services: [{ type: "T" }] }],
    ["a single service", { name: "x", type: "T" }],
    ["nothing to make", { name: "x", locations: ["here"] }],
    ["keys of a plan beside it", { entities: [{ type: "T" }], locations: [], "brooklyn.config": {} }],
  ])("leaves %s as it is", (_what, plan) => expect(planned(plan)).toBeNull());
});

describe("an ApplicationSpec", () => {
  it.each(["/v1/applications", "/v1/applications/createLegacy"])("is deployed by POST %s", async (url) => {
    const answer = await api().post(url, JSON.stringify({ name: "Old", entities: [{ name: "One", type: "test-service" }], locations: ["test:here"] }), { "content-type": "application/json" });
    expect(answer.statusCode).toBe(201);
    await api().get(`/v1/activities/${answer.json().id}?timeout=never`);
    expect((await api().get("/v1/applications/Old/entities")).json()).toMatchObject([{ name: "One", type: "org.example.TestService" }]);
    expect((await api().get("/v1/applications/Old")).json().spec.locations).toHaveLength(1);
  });
});
