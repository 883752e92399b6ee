import { expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";
import { WorkflowSummary } from "../shapes/workflow-summary.ts";

const harness = useApi();

const STEPS = `
name: greet
input: { who: world, db.password: hunter2 }
retention: 5
steps:
- let greeting = hello \${who}
- step: log \${greeting}
  id: said
- return \${greeting}
`;

it("POST runs a workflow on an entity, and GET shows it as Brooklyn does", async () => {
  const { at, app, web } = await harness().deployed();
  const task = (await harness().post(`${at}/workflows?timeout=never`, STEPS)).json();
  expect(task).toMatchObject({ displayName: "greet", currentStatus: "Completed", result: "hello world" });
  const tag = task.tags.find((each: unknown) => typeof each === "object" && each !== null && "workflowId" in each);
  expect(tag).toMatchObject({ applicationId: app, entityId: web, workflowName: "greet" });
  const all = (await harness().get(`${at}/workflows`)).json();
  expect(Object.keys(all)).toEqual([tag.workflowId]);
  const answer = await harness().get(`${at}/workflows/${tag.workflowId}`);
  expect(answer.body).not.toContain("hunter2");
  const shown = WorkflowSummary.parse(answer.json());
  expect(shown).toMatchObject({
    name: "greet",
    entity: { id: web },
    status: "SUCCESS",
    workflowId: tag.workflowId,
    taskId: task.id,
    output: "hello world",
    currentStepIndex: 3,
    previousStepIndex: 2,
    replayableLastStep: -2,
    retention: { expiry: "5", hash: "greet" },
    replays: [{ taskId: task.id, reasonForReplay: "initial run", status: "Completed", isError: false }],
    workflowScratchVariables: { greeting: "hello world" },
    oldStepInfo: { 1: { countStarted: 1, countCompleted: 1, context: { stepDefinitionDeclaredId: "said", name: "log ${greeting}" }, previous: [0], next: [2] } },
  });
});

it("replays one that failed from where it says, or by force", async () => {
  const { at } = await harness().deployed();
  const steps = "steps: [{ step: 'let n = 1', replayable: from here }, 'fail message no', 'return ${n}']";
  const failed = (await harness().post(`${at}/workflows?timeout=never`, steps)).json();
  expect([failed.currentStatus, failed.isError]).toEqual(["Failed", true]);
  const [id] = Object.keys((await harness().get(`${at}/workflows`)).json());
  const replay = (step: string, query = "") => harness().post(`${at}/workflows/${id}/replay/from/${step}?timeout=never${query}`);
  expect((await replay("last", "&reason=again")).json()).toMatchObject({ displayName: "workflow (again)", currentStatus: "Failed" });
  expect((await replay("end")).json()).toMatchObject({ currentStatus: "Failed" });
  expect((await replay("2", "&force=true")).json()).toMatchObject({ currentStatus: "Completed", result: "1" });
  expect((await replay("start")).json()).toMatchObject({ message: expect.stringContaining("its start") });
  expect([(await replay("start")).statusCode, (await replay("nowhere")).statusCode, (await replay("7")).statusCode]).toEqual([400, 400, 400]);
  expect((await harness().get(`${at}/workflows/${id}`)).json().replays).toHaveLength(4);
});

it("forgets one that has ended, and not one that runs", async () => {
  const { at } = await harness().deployed();
  const running = (await harness().post(`${at}/workflows`, "steps: [sleep 1h]")).json();
  const [id] = Object.keys((await harness().get(`${at}/workflows`)).json());
  expect((await harness().delete(`${at}/workflows/${id}`)).statusCode).toBe(400);
  expect((await harness().post(`${at}/workflows/${id}/replay/from/start?force=true`)).statusCode).toBe(409);
  await harness().post(`/v1/activities/${running.id}/cancel`);
  await harness().get(`/v1/activities/${running.id}?timeout=never`);
  expect((await harness().get(`${at}/workflows/${id}`)).json().status).toBe("ERROR_CANCELLED");
  expect((await harness().delete(`${at}/workflows/${id}`)).statusCode).toBe(200);
  expect((await harness().get(`${at}/workflows/${id}`)).statusCode).toBe(404);
});

it.each([
  ["steps: [lett x = 1]", /no step "lett"/],
  ["just text", /expected a map with "steps"/],
  ["steps: [", /Invalid YAML/],
  ["{ steps: [no-op], retention: often }", /"retention" cannot be "often"/],
  ["{ steps: [no-op], replayable: sometimes }", /"replayable" cannot be "sometimes"/],
])("refuses what is no workflow: %s", async (body, expected) => {
  const { at } = await harness().deployed();
  const answer = await harness().post(`${at}/workflows`, body);
  expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(expected)]);
});
