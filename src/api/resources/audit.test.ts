import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();
const audit = async (query = "") => (await api().get(`/v1/audit${query}`)).json();

describe("GET /v1/audit", () => {
  it("has each change, initiated and how it ended, with entity and task, and no values", async () => {
    const { app, web, at } = await api().deployed();
    await api().post(`${at}/config/test.password`, '"swordfish"', { "content-type": "application/json" });
    await api().post(`${at}/effectors/echo?timeout=never`, { text: "swordfish" });
    await api().post(`${at}/effectors/nope`, {});
    const entries = await audit();
    expect(entries.map((each: { action: string; outcome: string }) => `${each.action.split("/").at(-2)} ${each.outcome}`)).toEqual(["effectors failed", "effectors initiated", "effectors succeeded", "effectors initiated", "config succeeded", "config initiated", "v1 succeeded", "v1 initiated"]);
    expect(entries[0]).toMatchObject({ user: "anonymous", entityId: web, entityName: "Web Front", message: expect.stringContaining("nope"), of: 7, address: "127.0.0.1" });
    expect(entries[2]).toMatchObject({ details: { names: ["text"] } });
    expect(entries[6]).toMatchObject({ action: "POST /v1/applications", taskId: expect.any(String), details: { bytes: expect.any(Number) } });
    expect(JSON.stringify(entries)).not.toContain("swordfish");
    expect(await audit(`?entity=${web}&outcome=failed`)).toHaveLength(1);
    expect(await audit(`?entity=${app}`)).toEqual([]);
    expect(await audit("?limit=1&before=3")).toMatchObject([{ number: 2 }]);
    expect((await api().get("/v1/audit?since=yesterday")).statusCode).toBe(400);
    expect((await api().get("/v1/audit/verify")).json()).toEqual({ entries: 8, isWhole: true });
  });

  it("has what was refused before it began, and nothing of reading", async () => {
    await api().get("/v1/applications");
    await api().post("/v1/logbook", {});
    await api().post("/v1/nothing", "");
    await api().post("/v1/locations", { name: "no spec" });
    expect(await audit()).toMatchObject([{ action: "POST /v1/locations", outcome: "failed" }]);
  });

  it("has what policies do", async () => {
    const { web } = await api().deployed();
    const entity = api().server.plane.entity(web);
    await entity?.adjuncts[0]?.submit("Resize", async () => "done").result;
    await entity?.adjuncts[0]?.submit("Look", async () => "done", { transient: true }).result;
    expect(await audit("?user=policy+Test+policy")).toMatchObject([{ action: "Resize", outcome: "succeeded", entityId: web }, { action: "Resize", outcome: "initiated" }]);
  });
});
