import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

/** An application with so many entities below it. */
async function many(count: number): Promise<string> {
  const services = Array.from({ length: count }, (_, index) => `- { type: basic-entity, name: e${index} }`).join("\n");
  const { app } = await api().deployed(`name: Many\nservices:\n${services}`);
  return app;
}

const namesOf = (answer: { json(): { name: string }[] }) => answer.json().map(({ name }) => name);

describe("limit and from", () => {
  it("give a page, with links to the next and the one before; clients that ask for none get all", async () => {
    const app = await many(5);
    const at = `/v1/applications/${app}/entities`;
    expect(namesOf(await api().get(at))).toHaveLength(5);
    const first = await api().get(`${at}?limit=2`);
    expect([namesOf(first), first.headers["link"], first.headers["x-total-count"]]).toEqual([["e0", "e1"], `<${at}?limit=2&from=2>; rel="next"`, "5"]);
    const second = await api().get(`${at}?limit=2&from=2`);
    expect([namesOf(second), second.headers["link"]]).toEqual([["e2", "e3"], `<${at}?limit=2&from=4>; rel="next", <${at}?limit=2&from=0>; rel="prev"`]);
    expect(namesOf(await api().get(`${at}?from=4`))).toEqual(["e4"]);
    expect((await api().get(`${at}?limit=0`)).statusCode).toBe(400);
  });

  it("are described, and leave routes alone that have a limit of their own", async () => {
    const { paths } = (await api().get("/v1/openapi.json")).json();
    const names = (path: string) => (paths[path].get.parameters as { name: string }[]).map(({ name }) => name);
    expect(names("/v1/catalog/types")).toEqual(expect.arrayContaining(["limit", "from", "supertype"]));
    expect(names("/v1/activities")).not.toContain("from");
  });
});

describe("If-None-Match", () => {
  it("gets 304 until something changes, for lists and trees", async () => {
    const app = await many(3);
    for (const url of ["/v1/applications/fetch", `/v1/applications/${app}/entities`, "/v1/catalog/types"]) {
      const { etag = "" } = (await api().get(url)).headers as { etag?: string };
      const again = await api().get(url, { "if-none-match": `"other", ${etag}` });
      expect([again.statusCode, again.body]).toEqual([304, ""]);
      expect((await api().get(url, { "if-none-match": '"other"' })).statusCode).toBe(200);
    }
    const before = (await api().get("/v1/applications/fetch")).headers["etag"];
    await api().post(`/v1/applications/${app}/entities/${app}/name?name=Other`);
    expect((await api().get("/v1/applications/fetch", { "if-none-match": String(before) })).statusCode).toBe(200);
  });
});
