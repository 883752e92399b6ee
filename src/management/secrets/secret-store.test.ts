import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSecretStore, SecretStore } from "./secret-store.ts";

describe("SecretStore", () => {
  const secrets = new SecretStore(Buffer.alloc(32, 7));

  it("opens what it sealed, whatever the text", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (plain) => secrets.open(secrets.seal(plain)) === plain));
  });

  it("seals the same text differently each time, and does not show it", () => {
    const [one, two] = [secrets.seal("hunter2"), secrets.seal("hunter2")];
    expect(one).not.toBe(two);
    expect(one).not.toContain(Buffer.from("hunter2").toString("base64url"));
  });

  it("refuses changed text", () => {
    const sealed = secrets.seal("hunter2");
    const damaged = sealed.slice(0, -3) + (sealed.at(-3) === "A" ? "B" : "A") + sealed.slice(-2);
    expect(() => secrets.open(damaged)).toThrow("Cannot open a sealed secret: it is damaged");
    expect(() => secrets.open(sealed.slice(0, 30))).toThrow("it is damaged");
  });

  it("refuses what another key sealed, with the way out", () => {
    const sealed = new SecretStore(Buffer.alloc(32, 8)).seal("hunter2");
    expect(() => secrets.open(sealed)).toThrow(expect.objectContaining({ code: "storage", message: expect.stringContaining("another key"), remedy: expect.stringContaining("secrets.key") }));
  });

  it.each([["plain"], [null], [{ sealed: "x" }], [7]])("refuses %j, which was never sealed", (value) => {
    expect(() => secrets.open(value)).toThrow("it is not sealed text");
  });
});

describe("openSecretStore", () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "clocker-secrets-"));
    file = join(directory, "keys", "secrets.key");
  });

  afterEach(() => rm(directory, { recursive: true }));

  it("makes a key of its own, readable by its owner only, and nothing else", async () => {
    await openSecretStore(directory);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, "keys"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(directory, "keys"))).toEqual(["secrets.key"]);
  });

  it("keeps the key: what was sealed before a restart opens after it", async () => {
    const sealed = (await openSecretStore(directory)).seal("hunter2");
    expect((await openSecretStore(directory)).open(sealed)).toBe("hunter2");
  });

  it("refuses a key that others may read", async () => {
    await openSecretStore(directory);
    await chmod(file, 0o640);
    await expect(openSecretStore(directory)).rejects.toMatchObject({ code: "storage", message: expect.stringContaining("mode 640"), remedy: `chmod 600 "${file}"` });
  });

  it("refuses a cut key rather than making a new one", async () => {
    await openSecretStore(directory);
    await writeFile(file, (await readFile(file, "utf8")).slice(0, 20));
    await expect(openSecretStore(directory)).rejects.toThrow("expected 32");
  });

  it("refuses a folder that cannot be made", async () => {
    await writeFile(join(directory, "keys"), "");
    await expect(openSecretStore(directory)).rejects.toMatchObject({ code: "storage" });
  });
});
