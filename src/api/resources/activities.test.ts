import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("activities", () => {
  it("tell of a failed start, with its error, remedy, children and output", async () => {
    const answer = await api().post("/v1/applications", "name: Bad\nservices: [{type: test-service, test.fails: It does not work}]");
    const id = answer.json().id;
    const task = (await api().get(`/v1/activities/${id}?timeout=never`)).json();
    expect(task).toMatchObject({ currentStatus: "Failed", isError: true, isCancelled: false });
    expect(task.detailedStatus).toContain("What to do: Mend it");
    const all: Record<string, { displayName: string; streams: Record<string, unknown> }> = (await api().get(`/v1/activities/${id}/children/recurse`)).json();
    const launch = Object.entries(all).find(([, each]) => each.displayName === "launch");
    expect(launch?.[1].streams).toMatchObject({ stdout: { metadata: { name: "stdout", size: expect.any(Number) } } });
    const output = await api().get(`/v1/activities/${launch?.[0]}/stream/stdout`);
    expect(output.body).toMatch(/^launching /);
    expect(output.headers["content-type"]).toContain("text/plain");
    expect((await api().get(`/v1/activities/${launch?.[0]}/stream/stderr`)).statusCode).toBe(404);
    expect((await api().get(`/v1/activities/${id}/children`)).json()).toHaveLength(1);
  });

  it("are cancelled", async () => {
    const { at } = await api().deployed();
    const { id } = (await api().post(`${at}/effectors/hold?timeout=0`)).json();
    expect((await api().get(`/v1/activities/${id}`)).json().children).toHaveLength(1);
    expect((await api().post(`/v1/activities/${id}/cancel`)).json()).toBe(true);
    expect((await api().get(`/v1/activities/${id}?timeout=never`)).json()).toMatchObject({ currentStatus: "Cancelled", isCancelled: true });
    expect((await api().post(`/v1/activities/${id}/cancel`)).json()).toBe(false);
    const gone = await api().get("/v1/activities/nope");
    expect(gone.json()).toMatchObject({ error: 404, message: "Cannot find task 'nope' - possibly garbage collected to save memory" });
    expect((await api().get("/v1/activities")).json().length).toBeGreaterThan(0);
  });
});
