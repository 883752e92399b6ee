import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "./secret.ts";
import { isSecretName } from "./secret-names.ts";
import { linesWithoutSecrets, suppressed, withoutSecrets } from "./suppressed.ts";

describe("Secret", () => {
  const secret = new Secret("hunter2");

  it("reveals its value only when asked", () => {
    expect(secret.reveal()).toBe("hunter2");
    expect([String(secret), `${secret.toString()}`, JSON.stringify({ secret }), inspect({ secret }), inspect(secret, { showHidden: true })].join()).not.toContain("hunter2");
    expect(JSON.stringify({ secret })).toBe('{"secret":"<suppressed>"}');
    expect(inspect(secret)).toBe("<suppressed>");
  });
});

describe("isSecretName", () => {
  it.each(["password", "db.rootPassword", "PASSWD", "credential", "clientSecret", "privateKeyFile", "my.access.key"])("knows %s", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(["user", "accessKey", "publicKeyData", "identity", ""])("lets %s be shown", (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it("takes other tokens, in any case", () => {
    expect(isSecretName("my.pin", ["PIN"])).toBe(true);
    expect(isSecretName("password", ["PIN"])).toBe(false);
  });
});

describe("suppressed", () => {
  it("gives the first eight digits of the MD5 hash, as Brooklyn does", () => {
    expect(suppressed("my secret")).toBe("<suppressed> (MD5 hash prefix: 0003D04B)");
    expect(suppressed("hello-world")).toBe("<suppressed> (MD5 hash prefix: 20953121)");
  });

  it("takes any JSON", () => {
    expect(suppressed(7)).toBe(suppressed("7"));
    expect(suppressed(null)).toBe(suppressed("null"));
    expect(suppressed({ a: 1 })).toBe(suppressed('{"a":1}'));
  });
});

describe("withoutSecrets", () => {
  it("suppresses the values of secret names at any depth", () => {
    const shown = withoutSecrets({ user: "bob", password: "hunter2", list: [{ credential: { a: 1 } }, "x"], map: { n: 1, none: null } });
    expect(shown).toEqual({ user: "bob", password: suppressed("hunter2"), list: [{ credential: suppressed({ a: 1 }) }, "x"], map: { n: 1, none: null } });
  });

  it("suppresses lines of text that give a secret", () => {
    expect(withoutSecrets({ yaml: "user: bob\npassword: hunter2\n" })).toEqual({ yaml: `user: bob\npassword: ${suppressed("hunter2")}\n` });
  });
});

describe("linesWithoutSecrets", () => {
  it("leaves names without a value, and text without names, as they are", () => {
    expect(linesWithoutSecrets("password:\n  = x\nno names\npasswords are fine")).toBe("password:\n  = x\nno names\npasswords are fine");
    expect(linesWithoutSecrets("export DB_PASSWORD=a=b:c")).toBe(`export DB_PASSWORD= ${suppressed("a=b:c")}`);
  });
});
