import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../model/spec.ts";
import { KnownSecrets } from "./known-secrets.ts";
import { scrubbed } from "./scrubbed.ts";
import { opened, sealed } from "./sealed-json.ts";

const secrets = { seal: (plain: string) => Buffer.from(plain).toString("base64"), open: (text: Json) => Buffer.from(String(text), "base64").toString() };

function sealAndOpen(value: JsonObject, isSecret: (name: string) => boolean = () => false) {
  const known = new KnownSecrets();
  const stored = sealed(value, { secrets, known, isSecret });
  return { text: JSON.stringify(stored), known, back: opened(stored, secrets, (error) => expect(error).toBeUndefined()) };
}

describe("sealed", () => {
  it.each<[string, JsonObject]>([
    ["a value of a secret name", { "db.password": "hunter2" }],
    ["a number", { "private.pin": 771122 }],
    ["a map of a secret name", { credentials: { user: "hunter2" } }],
    ["one in a list of maps", { a: [{ b: { apiSecret: "hunter2" } }] }],
    ["the default of a definition", { parameters: [{ name: "admin.password", default: "hunter2" }] }],
    ["a location's spec", { spec: 'byon(hosts="1.2.3.4", password="hunter2")' }],
    ["a blueprint", { contents: "services:\n- { type: x, db.password: hunter2 }" }],
    ["a value of a definition's own", { pin: "hunter2-771122" }],
    ["a map that looks sealed", { a: { $sealed: "hunter2" } }],
  ])("hides %s, and opened gives it back", (_what, value) => {
    const { text, back } = sealAndOpen(value, (name) => name === "pin");
    expect(text).not.toMatch(/hunter2|771122/);
    expect(back).toEqual(value);
  });

  it("leaves all else, and what has no value", () => {
    const value = { a: 1, text: "Change the password now", "db.password": null, "use.password": true, name: "x", default: "y" };
    expect(sealAndOpen(value).text).toBe(JSON.stringify(value));
  });

  it("keeps what cannot be opened, and says so", () => {
    const failures: unknown[] = [];
    const stored = { a: { $sealed: "not JSON" }, b: 1 };
    expect([opened(stored, secrets, (error) => failures.push(error)), failures.length]).toEqual([stored, 1]);
  });

  it("has its values known, but not where a file is, and no expressions", () => {
    const { known } = sealAndOpen({ password: "hunter2", privateKeyFile: "/home/bob/key", "api.secret": '$brooklyn:config("x")' });
    expect(known.scrub('hunter2 /home/bob/key $brooklyn:config("x")')).toBe('<suppressed> /home/bob/key $brooklyn:config("x")');
  });
});

describe("scrubbed", () => {
  it("leaves named and known secrets out of a task's record, those in its tags too", () => {
    const record = { name: "x", tags: ["EFFECTOR", { effectorParams: { new_password: "hunter2", n: 1 } }], streams: { stdout: "set hunter2" }, result: "hunter2 it is" };
    const clean = scrubbed(record, new KnownSecrets());
    expect(JSON.stringify(clean)).not.toContain("hunter2");
    expect(clean).toMatchObject({ tags: ["EFFECTOR", { effectorParams: { n: 1 } }], streams: { stdout: "set <suppressed>" }, result: "<suppressed> it is" });
  });
});

describe("KnownSecrets", () => {
  it("takes no value that is short or ordinary, and the last thousand only", () => {
    const known = new KnownSecrets();
    for (const value of ["abc", "false", "password"]) known.add(value);
    expect(known.scrub("abc false password")).toBe("abc false password");
    for (let i = 0; i <= 1_000; i++) known.add(`value-${i}-`);
    expect(known.scrub("value-0- value-1000-")).toBe("value-0- <suppressed>");
  });
});
