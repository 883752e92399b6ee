import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("config", () => {
  it("is listed by name, with types, defaults and possible values, and no secret", async () => {
    const { at } = await api().deployed();
    const keys = (await api().get(`${at}/config`)).json();
    const find = (name: string) => keys.find((each: { name: string }) => each.name === name);
    expect(find("test.wait")).toMatchObject({ type: "org.apache.brooklyn.util.time.Duration", defaultValue: "1m 30s", reconfigurable: false });
    expect(find("test.kind")).toMatchObject({ type: "java.lang.Enum", possibleValues: [{ value: "SMALL", description: "SMALL" }, { value: "LARGE", description: "LARGE" }] });
  });

  it("is read with defaults, as 204 when unset and 404 when unknown", async () => {
    const { at } = await api().deployed();
    expect((await api().get(`${at}/config/test.size`)).body).toBe("4");
    expect((await api().get(`${at}/config/test.wait`)).body).toBe('"1m 30s"');
    expect((await api().get(`${at}/config/test.fails`)).statusCode).toBe(204);
    expect((await api().get(`${at}/config/test.unknown`)).statusCode).toBe(404);
    expect((await api().get(`${at}/config/current-state`)).json()).toMatchObject({ "test.size": 4, "test.password": expect.stringMatching(/^<suppressed>/) });
    expect((await api().get(`${at}/config/test.password`, { accept: "text/plain" })).body).toMatch(/^<suppressed>/);
  });

  it("is set as JSON or, as br sends it, as bare text; wrong values are refused", async () => {
    const { at } = await api().deployed();
    expect((await api().post(`${at}/config/test.wait`, "2 minutes", { "content-type": "application/json" })).statusCode).toBe(204);
    expect((await api().get(`${at}/config/test.wait`)).body).toBe('"2m"');
    expect((await api().post(`${at}/config`, { size: 9, other: [1] })).statusCode).toBe(204);
    expect((await api().get(`${at}/config/test.size`)).body).toBe("9");
    expect((await api().get(`${at}/config/other`)).json()).toEqual([1]);
    expect((await api().get(`${at}/config`)).json().map((each: { name: string }) => each.name)).toContain("other");
    const wrong = await api().post(`${at}/config/test.size`, '"many"');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().data).toMatchObject({ code: "invalid-value", key: "test.size" });
    expect((await api().post(`${at}/config/test.size`, "{broken")).statusCode).toBe(400);
    expect((await api().post(`${at}/config/test.hidden`, '"deep secret"')).statusCode).toBe(204);
    expect((await api().get(`${at}/config/current-state`)).body).not.toContain("deep secret");
  });

  it("shows an expression resolved, as written when raw or when it would have to wait", async () => {
    const { at } = await api().deployed();
    await api().post(`${at}/config`, { a: "$brooklyn:value", b: '$brooklyn:literal("later")' });
    expect((await api().get(`${at}/config/a`)).json()).toBe("value");
    expect((await api().get(`${at}/config/a?raw=true`)).json()).toBe("$brooklyn:value");
    expect((await api().get(`${at}/config/b`)).json()).toBe('$brooklyn:literal("later")');
  });
});
