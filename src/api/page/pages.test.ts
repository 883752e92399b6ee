import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";
import { escapeHtml } from "./html.ts";

const api = useApi();

describe("the pages", () => {
  it.each(["/", "/docs"])("%s load nothing from elsewhere and allow only their own script and style", async (path) => {
    const page = await api().get(path);
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'/);
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page.body).not.toContain("innerHTML");
    expect(page.body).not.toMatch(/\/\* (?:style|script) \*\//);
  });

  it("the documentation has every operation", async () => {
    const { paths } = (await api().get("/v1/openapi.json")).json();
    const page = (await api().get("/docs")).body;
    for (const path of Object.keys(paths)) expect(page).toContain(`>${path}<`);
  });
});

describe("GET /v1/overview", () => {
  it("tells of applications, where they are reached, and what went wrong where it began", async () => {
    await api().deployed();
    await api().deployed("name: Bad\nservices: [{type: test-service, name: Db, test.fails: No disk left}]");
    const view = (await api().get("/v1/overview")).json();
    expect(view.applications).toMatchObject([
      { name: "Shop", urls: [{ entity: "Web Front", sensor: "main.uri", url: "http://127.0.0.1:49153/" }], problems: [] },
      { name: "Bad", state: "ON_FIRE", urls: [], problems: [{ entity: "Db", reason: "No disk left. Mend it" }] },
    ]);
    expect(view.activity.find((task: { status: string }) => task.status === "Failed")).toMatchObject({ error: "No disk left", remedy: "Mend it" });
  });
});

describe("escapeHtml", () => {
  it("escapes what means something in elements and quoted attributes", () => {
    expect(escapeHtml(`<a href="x" title='y'>&`)).toBe("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
  });
});
