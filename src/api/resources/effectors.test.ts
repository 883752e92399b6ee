import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("effectors", () => {
  it("are listed by name with their parameters", async () => {
    const { at } = await api().deployed();
    const effectors = (await api().get(`${at}/effectors`)).json();
    expect(effectors.find((each: { name: string }) => each.name === "echo")).toMatchObject({ returnType: "java.util.Map", parameters: [{ name: "size", type: "java.lang.Integer", defaultValue: 3, shouldSanitize: false }, { name: "text" }] });
  });

  it("answer with the result when no timeout is given", async () => {
    const { at } = await api().deployed();
    expect((await api().post(`${at}/effectors/echo`, "size=4&text=a+b", { "content-type": "application/x-www-form-urlencoded" })).json()).toEqual({ size: 4, text: "a b" });
    expect((await api().post(`${at}/effectors/echo`, { text: "x" })).json()).toEqual({ size: 3, text: "x" });
    const said = await api().post(`${at}/effectors/say`);
    expect([said.statusCode, said.body, said.headers["content-type"]]).toEqual([200, '"hello"', expect.stringContaining("application/json")]);
    const nothing = await api().post(`${at}/effectors/nothing?timeout=`);
    expect([nothing.statusCode, nothing.body]).toEqual([200, ""]);
  });

  it("answer with the task when the timeout passes", async () => {
    const { at } = await api().deployed();
    for (const timeout of ["0", "always", "1ms"]) {
      const answer = await api().post(`${at}/effectors/hold?timeout=${timeout}`);
      expect(answer.statusCode).toBe(202);
      const { id } = answer.json();
      const running = await api().get(`/v1/activities/${id}`);
      expect(running.statusCode).toBe(202);
      api().server.letGo();
      const ended = await api().get(`/v1/activities/${id}?timeout=never`);
      expect(ended.json()).toMatchObject({ currentStatus: "Completed", result: "let go" });
    }
    expect((await api().post(`${at}/effectors/hold?timeout=soon`)).statusCode).toBe(400);
  });

  it("that fail answer with the reason; unexpected failures with a reference only", async () => {
    const { at } = await api().deployed();
    const broken = await api().post(`${at}/effectors/break`);
    expect(broken.statusCode).toBe(500);
    expect(broken.json()).toMatchObject({ message: "Cannot break: it is broken already. Leave it", data: { code: "command-failed" } });
    const crashed = await api().post(`${at}/effectors/crash`);
    expect(crashed.statusCode).toBe(500);
    expect(crashed.json().message).toMatch(/^Internal error \(Reference: [a-z0-9]{13}\)$/);
    expect(crashed.body).not.toContain("secret internals");
    expect(api().server.errors).toHaveLength(1);
  });

  it("are refused before a task is made when unknown or with wrong parameters", async () => {
    const { at } = await api().deployed();
    const unknown = await api().post(`${at}/effectors/ecko`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json().message).toBe(`Entity 'Web Front' has no effector with name 'ecko'. Did you mean "echo"?`);
    expect((await api().post(`${at}/effectors/echo?timeout=0`, { size: "many" })).statusCode).toBe(400);
    expect((await api().post(`${at}/effectors/echo`, "{broken")).statusCode).toBe(400);
  });
});
