import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

const blueprint = (size: number, more = ""): string => `
name: Shop
services:
- type: test-service
  name: Web
  id: web
  test.size: 1
  test.kind: SMALL
  test.password: hunter${size}
  test.wait: ${size}s
${more}`;

async function deployed(): Promise<string> {
  return (await api().deployed(blueprint(1))).app;
}

async function ended(taskId: string): Promise<{ currentStatus: string; result: unknown }> {
  return (await api().get(`/v1/activities/${taskId}?timeout=never`)).json();
}

describe("POST /v1/plan", () => {
  it("answers what a new application would be, and touches nothing", async () => {
    const answer = await api().post("/v1/plan", blueprint(1));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ isNew: true, hasChanges: true, application: { name: "Shop" }, summary: { added: 2 }, problems: [], tree: { path: "Shop", action: "add", children: [{ path: "Shop/Web", action: "add" }] } });
    expect((await api().get("/v1/applications")).json()).toEqual([]);
    expect((await api().get("/v1/audit")).json().filter((each: { action: string }) => each.action.includes("plan"))).toEqual([]);
  });

  it("compares with the application of that name, or the one that is given", async () => {
    const app = await deployed();
    expect((await api().post("/v1/plan", blueprint(1))).json()).toMatchObject({ isNew: false, hasChanges: false, application: { id: app, revision: 1 } });
    const changed = (await api().post(`/v1/plan?application=${app}`, blueprint(2))).json();
    expect(changed.tree.children[0]).toMatchObject({ action: "change", effect: "restart", differences: [{ key: "test.password" }, { key: "test.wait", from: "1s", to: "2s" }] });
    expect(JSON.stringify(changed)).not.toContain("hunter");
    expect((await api().post("/v1/plan?new=true", blueprint(2))).json()).toMatchObject({ isNew: true });
    expect((await api().post("/v1/plan?application=nobody", blueprint(2))).statusCode).toBe(404);
    expect((await api().post("/v1/plan?application=shop2", blueprint(2).replace("name: Shop", "name: Shop2"))).json()).toMatchObject({ isNew: true });
  });

  it("answers with what is wrong with a blueprint", async () => {
    const answer = await api().post("/v1/plan", "services: [{type: nonsense}]");
    expect([answer.statusCode, answer.json().problems]).toEqual([200, [{ message: 'There is no type "nonsense"', code: "unknown-type", remedy: 'Did you mean "test-service"?' }]]);
    expect((await api().post("/v1/plan", "name: X\nwarn: true\nservices: []")).json().warnings).toEqual([{ message: "Ünknown key" }]);
  });
});

describe("POST /v1/apply", () => {
  it("makes, changes, and says when there is nothing to change", async () => {
    const made = await api().post("/v1/apply", blueprint(1));
    expect([made.statusCode, made.json().plan.isNew]).toEqual([202, true]);
    await ended(made.json().task.id);
    const changed = await api().post("/v1/apply?monitor=0s&note=bigger", blueprint(2, "- type: basic-entity\n  name: Notes\n"));
    expect([changed.statusCode, changed.json().revision]).toEqual([202, 2]);
    expect(await ended(changed.json().task.id)).toMatchObject({ currentStatus: "Completed", result: { revision: 2, changes: "1 added, 1 changed" } });
    const again = await api().post("/v1/apply", blueprint(2, "- type: basic-entity\n  name: Notes\n"));
    expect([again.statusCode, again.json().task, again.json().plan.hasChanges]).toEqual([200, undefined, false]);
    const id = made.json().applicationId;
    expect((await api().get(`/v1/applications/${id}/revisions`)).json()).toMatchObject([{ number: 1, outcome: "applied", isCurrent: false, by: "anonymous" }, { number: 2, note: "bigger", isCurrent: true }]);
    expect((await api().get(`/v1/applications/${id}/entities/${id}/spec`)).body).toContain("Notes");
  });

  it("refuses a plan that is not the one that was looked at", async () => {
    const app = await deployed();
    const { id } = (await api().post("/v1/plan", blueprint(2))).json();
    const [web] = (await api().get(`/v1/applications/${app}/entities`)).json();
    await api().post(`/v1/applications/${app}/entities/${web.id}/config/test.size`, "9");
    const answer = await api().post(`/v1/apply?plan=${id}`, blueprint(2));
    expect([answer.statusCode, answer.json().message]).toEqual([409, expect.stringContaining("has changed since")]);
  });

  it("refuses what can't be read, and wrong parameters", async () => {
    expect((await api().post("/v1/apply", "services: [{type: nonsense}]")).statusCode).toBe(400);
    expect((await api().post("/v1/apply?monitor=soon", blueprint(1))).statusCode).toBe(400);
    expect((await api().post("/v1/apply?parallel=0", blueprint(1))).statusCode).toBe(400);
  });

  it("fails, and rolls back, when a part does not come up", async () => {
    const app = await deployed();
    const answer = await api().post("/v1/apply?monitor=0s", blueprint(2, "- type: test-service\n  name: New\n  test.fails: out of paper\n"));
    expect(await ended(answer.json().task.id)).toMatchObject({ currentStatus: "Failed", result: expect.stringMatching(/Cannot change "Shop" to revision 2; everything was rolled back.*out of paper/) });
    expect((await api().get(`/v1/applications/${app}/revisions`)).json().at(-1)).toMatchObject({ number: 2, outcome: "rolled back", isCurrent: false, message: expect.stringContaining("out of paper") });
  });
});

describe("revisions", () => {
  it("can be looked at, without secrets, and gone back to", async () => {
    const app = await deployed();
    await ended((await api().post("/v1/apply?monitor=0s", blueprint(2))).json().task.id);
    const first = (await api().get(`/v1/applications/${app}/revisions/1`)).json();
    expect(first.blueprint).toContain("test.wait: 1s");
    expect(first.blueprint).not.toContain("hunter");
    const back = await api().post(`/v1/applications/${app}/revisions/1/apply?monitor=0s`);
    expect(await ended(back.json().task.id)).toMatchObject({ currentStatus: "Completed" });
    expect((await api().get(`/v1/applications/${app}/revisions/3`)).json()).toMatchObject({ of: 1, isCurrent: true, blueprint: expect.stringContaining("test.wait: 1s") });
    expect((await api().get(`/v1/applications/${app}/revisions/9`)).statusCode).toBe(404);
    expect((await api().post(`/v1/applications/${app}/revisions/9/apply`)).statusCode).toBe(404);
  });
});
