import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import { messageOf } from "../../model/errors.ts";
import { Properties } from "../properties/properties.ts";
import { ExternalConfig } from "./external-config.ts";
import { resolvedProperties } from "./resolved-properties.ts";

const CLASSES = "org.apache.brooklyn.core.config.external.";

let folder: string;
let vault: TestServer;
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (_request, response) => void response.end();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-external-"));
  await writeFile(join(folder, "db"), "pa55\n");
  await writeFile(join(folder, "some.properties"), "db=from file\nother = 1\n");
  vault = await httpServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => answer(request, response, body));
  });
});

afterAll(async () => {
  await vault.close();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vault.asked.length = 0;
});

function external(settings: Record<string, string>, onValue?: (value: string) => void): ExternalConfig {
  return new ExternalConfig(propertiesOf(settings), new FakeClock(), onValue);
}

function propertiesOf(settings: Record<string, string>): Properties {
  return Properties.of(Object.fromEntries(Object.entries(settings).map(([key, value]) => [`brooklyn.external.${key}`, value])));
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no failure",
    (error: unknown) => messageOf(error),
  );
}

describe("ExternalConfig.get", () => {
  it.each<[string, Record<string, string>, string, string]>([
    ["in place", { s: `${CLASSES}InPlaceExternalConfigSupplier`, "s.db": "pa55" }, "db", "pa55"],
    ["in place, a key with dots", { s: "in-place", "s.db.password": "x" }, "db.password", "x"],
    ["a properties file", { s: `${CLASSES}PropertiesFileExternalConfigSupplier`, "s.propertiesUrl": "FOLDER/some.properties" }, "db", "from file"],
    ["a properties file by URL", { s: "properties-file", "s.propertiesUrl": "file:FOLDER/some.properties" }, "other", "1"],
    ["a folder", { s: "file", "s.path": "FOLDER" }, "db", "pa55"],
    ["a setting from another supplier", { s: "in-place", "s.a": '$brooklyn:external("t", "b")', t: "in-place", "t.b": "of t" }, "a", "of t"],
    ["the demo", { s: "in-place", "s.a": '$brooklyn:external("brooklyn-demo-sample", "hidden1")' }, "a", "It works!"],
  ])("reads %s", async (_what, settings, key, expected) => {
    const here = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value.replace("FOLDER", folder)]));
    expect(await external(here).get("s", key)).toBe(expected);
  });

  it("reads the environment, with a prefix", async () => {
    vi.stubEnv("APP_DB", "of env");
    expect(await external({ s: "environment", "s.prefix": "APP_" }).get("s", "DB")).toBe("of env");
  });

  it.each<[string, Record<string, string>, string, string, RegExp]>([
    ["an unknown supplier", { vault: "in-place" }, "vualt", "k", /no external config supplier "vualt"/],
    ["an unknown class", { s: "in-plac" }, "s", "k", /no class "in-plac"/],
    ["an unknown key", { s: "in-place", "s.a": "hidden" }, "s", "k", /has no value for "k"/],
    ["a missing setting", { s: "properties-file" }, "s", "k", /"brooklyn.external.s.propertiesUrl" is not set/],
    ["a way out of the folder", { s: "file", "s.path": "/etc" }, "s", "../etc/passwd", /name of a file/],
    ["a circle", { s: "in-place", "s.a": '$brooklyn:external("t", "b")', t: "in-place", "t.b": '$brooklyn:external("s", "a")' }, "s", "a", /in a circle: s → t → s/],
    ["a version of Vault", { s: "vault", "s.token": "t", "s.endpoint": "http://x", "s.path": "p", "s.kv-api-version": "3" }, "s", "k", /expected 1 or 2/],
  ])("refuses %s", async (_what, settings, supplier, key, expected) => {
    expect(await failure(external(settings).get(supplier, key))).toMatch(expected);
  });

  it("keeps a value for ten seconds, asks once for many, and keeps no failure", async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    let count = 0;
    answer = (_request, response) => void (count === 0 ? response.writeHead(500).end(String(count++)) : response.end(JSON.stringify({ data: { k: `v${count++}` } })));
    const config = new ExternalConfig(propertiesOf(vaultSettings("VaultTokenExternalConfigSupplier", { token: "t" })), clock, (value) => seen.push(value));
    expect(await failure(config.get("s", "k"))).toMatch(/answered 500/);
    expect(await Promise.all([config.get("s", "k"), config.get("s", "k")])).toEqual(["v1", "v1"]);
    expect(await config.get("s", "k")).toBe("v1");
    await clock.advance(10_001);
    expect(await config.get("s", "k")).toBe("v2");
    expect(seen).toEqual(["v1", "v2"]);
  });
});

function vaultSettings(type: string, more: Record<string, string>): Record<string, string> {
  const settings = { endpoint: `${vault.url}/`, path: "secret/app", ...more };
  return { s: `${CLASSES}vault.${type}`, ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`s.${key}`, value])) };
}

describe("Vault", () => {
  it("reads with a token: version 1", async () => {
    answer = (request, response) => void response.end(JSON.stringify({ data: { k: request.headers["x-vault-token"] } }));
    expect(await external(vaultSettings("VaultTokenExternalConfigSupplier", { token: "tok" })).get("s", "k")).toBe("tok");
    expect(vault.asked).toEqual(["/v1/secret/app"]);
  });

  it("reads version 2 under its mount point", async () => {
    answer = (_request, response) => void response.end(JSON.stringify({ data: { data: { k: "two" }, metadata: {} } }));
    expect(await external(vaultSettings("VaultTokenExternalConfigSupplier", { token: "tok", path: "app", mountPoint: "kv", "kv-api-version": "2" })).get("s", "k")).toBe("two");
    expect(vault.asked).toEqual(["/v1/kv/data/app"]);
  });

  it.each([
    ["VaultUserPassExternalConfigSupplier", { username: "bob", password: "pw" }, "/v1/auth/userpass/login/bob", { password: "pw" }],
    ["VaultAppIdExternalConfigSupplier", { appId: "app", userId: "user" }, "/v1/auth/app-id/login", { app_id: "app", user_id: "user" }],
  ])("signs in: %s, and again when its token has run out", async (type, credentials, path, expected) => {
    let tokens = 0;
    const bodies: unknown[] = [];
    answer = (request, response, body) => {
      if (request.method === "POST") {
        bodies.push(JSON.parse(body));
        response.end(JSON.stringify({ auth: { client_token: `t${++tokens}` } }));
      } else if (request.headers["x-vault-token"] === "t1") response.writeHead(403).end();
      else response.end(JSON.stringify({ data: { k: "v" } }));
    };
    expect(await external(vaultSettings(type, credentials)).get("s", "k")).toBe("v");
    expect([vault.asked, bodies]).toEqual([[path, "/v1/secret/app", path, "/v1/secret/app"], [expected, expected]]);
  });

  it.each<[string, number, string, RegExp]>([
    ["is refused", 403, "hunter2", /answered 403/],
    ["finds nothing", 404, "", /has no value for "k"/],
    ["is not Vault", 200, "hunter2", /not one of Vault's/],
    ["has other data", 200, '{"data": "hunter2"}', /not one of Vault's/],
  ])("says when it %s, and nothing of the answer", async (_what, status, body, expected) => {
    answer = (_request, response) => void response.writeHead(status).end(body);
    const said = await failure(external(vaultSettings("VaultTokenExternalConfigSupplier", { token: "tok" })).get("s", "k"));
    expect(said).toMatch(expected);
    expect(said).not.toMatch(/hunter2|tok/);
  });

  it("says when nobody answers", async () => {
    expect(await failure(external({ ...vaultSettings("VaultTokenExternalConfigSupplier", { token: "tok" }), "s.endpoint": "http://127.0.0.1:1" }).get("s", "k"))).toMatch(/Cannot reach external config supplier "s": ECONNREFUSED/);
  });
});

describe("resolvedProperties", () => {
  const settings = { "brooklyn.external.s": "in-place", "brooklyn.external.s.pw": "hunter2" };

  it("puts in what stands elsewhere, and never shows it", async () => {
    const properties = Properties.of({ ...settings, "my.pin": '$brooklyn:external("s", "pw")', a: '$brooklyn:literal("$brooklyn:x")', b: "$brooklyn:other" });
    const resolved = await resolvedProperties(properties, new ExternalConfig(properties, new FakeClock()));
    expect([resolved.get("my.pin"), resolved.get("a"), resolved.get("b")]).toEqual(["hunter2", "$brooklyn:x", "$brooklyn:other"]);
    expect(resolved.shown()).toMatchObject({ "my.pin": expect.stringMatching(/^<suppressed>/) });
  });

  it.each([
    ["a missing key", '$brooklyn:external("s", "none")', /Cannot read the property "p": External config supplier "s" has no value for "none"/],
    ["what it does not understand", '$brooklyn:external("s', /Cannot read the property "p": Cannot read an expression/],
  ])("refuses %s, naming the property", async (_what, value, expected) => {
    const properties = Properties.of({ ...settings, p: value });
    expect(await failure(resolvedProperties(properties, new ExternalConfig(properties, new FakeClock())))).toMatch(expected);
  });
});
