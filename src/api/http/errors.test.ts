import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ApiHarness, useApi } from "../../../test/support/api-harness.ts";
import { fakeServer } from "../../../test/support/fake-server.ts";
import { type RunningApi, startApi } from "../start-api.ts";
import { BODY_LIMIT } from "./bodies.ts";

const api = useApi();

/** Whatever is wrong with a request, its answer is `{message, error, details?, data?}`. */
function expectError(answer: { statusCode: number; body: string; headers: Record<string, unknown> }, status: number): void {
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  expect([answer.statusCode, body["error"], typeof body["message"]]).toEqual([status, status, "string"]);
  expect(Object.keys(body).filter((key) => !["message", "error", "details", "data"].includes(key))).toEqual([]);
  expect(String(answer.headers["content-type"])).toContain("application/json");
}

describe("errors are {message, error}", () => {
  it.each(["/v1/nothing", "/nothing", "/v1", "/v1/applications/x/y/z", "/v1/catalog/entities/a/b/c", "/v1/%E2%82%AC"])("404 for the path %s", async (url) => expectError(await api().get(url), 404));

  it.each([
    ["PUT", "/v1/applications"],
    ["POST", "/v1/server/version"],
    ["DELETE", "/v1/server/ha/states"],
    ["PATCH", "/v1/applications/abc"],
    ["POST", "/v1/events"],
  ] as const)("405 for %s %s, with the methods that there are", async (method, url) => {
    const answer = await api().api.inject({ method, url });
    expectError(answer, 405);
    expect(answer.headers["allow"]).toMatch(/(GET|POST).*OPTIONS$/);
  });

  it("OPTIONS tells the methods of a path", async () => {
    const answer = await api().api.inject({ method: "OPTIONS", url: "/v1/applications" });
    expect([answer.statusCode, answer.headers["allow"]]).toEqual([200, "GET, HEAD, POST, OPTIONS"]);
    expectError(await api().api.inject({ method: "OPTIONS", url: "/v1/nothing" }), 404);
  });

  it.each(["/v1/applications/%", "/v1/applications/%zz", "/v1/applications/%c3%28", "/%"])("400 for the address %s, which does not decode", async (url) => expectError(await api().get(url), 400));

  it.each(["/v1/applications?limit=-1", "/v1/activities?limit=x", "/v1/applications/details?depth=deep", "/v1/catalog/types?versions=some", "/v1/usage/applications?start=yesterday", "/v1/applications?typeRegex=(", "/v1/audit?outcome=odd", "/v1/server/ha/persist/export?origin=MOON"])(
    "400 for the query of %s",
    async (url) => expectError(await api().get(url), 400),
  );

  it("400 for JSON that is none, 413 for a body that is too large", async () => {
    const json = { "content-type": "application/json" };
    for (const body of ["{", '{"name":', "[1,"]) expectError(await api().post("/v1/locations", body, json), 400);
    expectError(await api().post("/v1/logbook", "no json", json), 400);
    expectError(await api().post("/v1/applications", "x".repeat(BODY_LIMIT + 1), json), 413);
    const { at } = await api().deployed();
    expectError(await api().post(`${at}/config`, Buffer.from([0xff, 0xfe]).toString("latin1"), json), 400);
    expectError(await api().post(`${at}/config`, "[]", json), 400);
    expectError(await api().post(`${at}/effectors/echo`, "[]", json), 400);
  });

  it("whatever the Content-Type says, or when it says nothing, as Brooklyn's clients need it", async () => {
    for (const type of ["application/json", "text/yaml", "application/octet-stream", "yaml", "application/vnd.odd+thing; x=y"]) expect((await api().post("/v1/applications", "services: [{type: test-service}]", { "content-type": type })).statusCode).toBe(201);
  });

  it("412, 409 and 403 as others", async () => {
    const { app } = await api().deployed();
    const { app: other } = await api().deployed("services: [{type: test-service}]");
    expectError(await api().get(`/v1/applications/${app}/entities/${other}`), 412);
    expectError(await api().api.inject({ method: "PUT", url: `/v1/applications/${app}`, payload: "services: [{type: test-service}]" }), 409);
    expectError(await api().post("/v1/server/properties/reload"), 403);
  });
});

describe("on the wire", () => {
  let running: RunningApi | undefined;
  afterEach(() => running?.close());

  it.each(["NONSENSE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", `GET /${"x".repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`])("what is no HTTP gets a short answer, and the connection ends", async (text) => {
    const server = fakeServer();
    running = await startApi({ server, port: { first: 0, orNext: false } });
    const answer = await new Promise<string>((resolve, reject) => {
      let got = "";
      const socket = connect(running?.port ?? 0, "127.0.0.1", () => socket.write(text));
      socket.on("data", (chunk: Buffer) => (got += chunk.toString("latin1")));
      socket.on("close", () => resolve(got)).on("error", (error) => (got === "" ? reject(error) : resolve(got)));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 (400|431|505) /);
    await running.close();
    running = undefined;
    await server.close();
  });

  it("an internal failure tells a reference and nothing else", async () => {
    const harness = await ApiHarness.start();
    const { at } = await harness.deployed();
    const answer = await harness.post(`${at}/effectors/crash`, "", { "content-type": "application/x-www-form-urlencoded" });
    expectError(answer, 500);
    expect(answer.body).not.toContain("secret internals");
    await harness.close();
  });

  it("tells where it happened when the property says so", async () => {
    for (const [value, isShown] of [["true", true], ["root", true], ["none", false], ["odd", false]] as const) {
      const harness = await ApiHarness.start({ properties: { "org.apache.brooklyn.server.returnStackTraces": value } });
      const { at } = await harness.deployed();
      const answer = await harness.post(`${at}/effectors/crash`, "", { "content-type": "application/x-www-form-urlencoded" });
      expectError(answer, 500);
      expect([value, answer.json().details.includes("at ")]).toEqual([value, isShown]);
      await harness.close();
    }
  });
});
