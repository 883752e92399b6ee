import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();
const NESTED = "name: Shop\nlocation: test:here\nservices:\n- { type: test-service, name: Web, id: front, brooklyn.children: [{ type: basic-entity, name: Notes }] }\n- { type: test-service, name: Database }\n- { type: basic-entity, name: Data }\n";

async function find(name: string) {
  const answer = await api().get(`/v1/find?name=${encodeURIComponent(name)}`);
  return { status: answer.statusCode, ...answer.json() };
}

describe("GET /v1/find", () => {
  it.each([
    ["an id", (web: string) => web, "Shop/Web"],
    ["the unique beginning of an id", (web: string) => web.slice(0, 8), "Shop/Web"],
    ["a name", () => "Web", "Shop/Web"],
    ["a name in any case", () => "web", "Shop/Web"],
    ["an application's name", () => "shop", "Shop"],
    ["the id in the blueprint", () => "front", "Shop/Web"],
    ["a path", () => "shop/web", "Shop/Web"],
    ["a path of ids in the blueprint", () => "Shop/front", "Shop/Web"],
    ["a path that leaves a level out", () => "shop/notes", "Shop/Web/Notes"],
    ["the unique beginning of a name", () => "datab", "Shop/Database"],
    ["a name that others begin with", () => "data", "Shop/Data"],
  ])("finds by %s", async (_what, name, path) => {
    const { web } = await api().deployed(NESTED);
    expect(await find(name(web))).toMatchObject({ status: 200, kind: "entity", path });
  });

  it("finds a task by its id and the beginning of it", async () => {
    await api().deployed(NESTED);
    const [task] = [...api().server.plane.tasks.all()].filter(({ parent }) => parent === undefined);
    expect(await find(task?.id ?? "")).toMatchObject({ kind: "task", id: task?.id, path: "Shop" });
    expect(await find(task?.id.slice(0, 7) ?? "")).toMatchObject({ kind: "task", id: task?.id });
  });

  it("is 404 with the nearest name, and 409 with the candidates", async () => {
    await api().deployed(NESTED);
    expect(await find("Wob")).toMatchObject({ status: 404, message: `There is no application or entity 'Wob'. Did you mean "Web"?` });
    const ambiguous = await find("dat");
    expect(ambiguous).toMatchObject({ status: 409, data: { code: "conflict" } });
    expect(ambiguous.message).toMatch(/'dat' may be any of 2: Shop\/Database \(\w+\), Shop\/Data \(\w+\)/);
  });
});
