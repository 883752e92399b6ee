import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeServer } from "../../../test/support/fake-server.ts";
import { startApi } from "../start-api.ts";
import { readKeystore, readPem, selfSigned } from "./certificate.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "clocker-tls-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("selfSigned", () => {
  it("makes a certificate once, its key for the owner only, and the server answers with it", async () => {
    const tls = await selfSigned(folder, ["clocker.example"]);
    expect(await selfSigned(folder, ["clocker.example"])).toEqual(tls);
    expect((await stat(path.join(folder, "key.pem"))).mode & 0o077).toBe(0);
    const cert = "cert" in tls ? tls.cert : Buffer.alloc(0);
    expect(new X509Certificate(cert).subjectAltName).toContain("clocker.example");

    const server = fakeServer();
    const api = await startApi({ server, port: { first: 0, orNext: false }, tls });
    expect(api.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    const answer = await new Promise<string | undefined>((resolve, reject) => {
      const sent = request(`${api.url}v1/server/up/extended`, { ca: cert }, (response) => {
        response.resume();
        resolve(`${response.statusCode} ${response.headers["set-cookie"]?.[0]}`);
      });
      sent.on("error", reject).end();
    });
    expect(answer).toMatch(/^200 CLOCKER_SESSION=.*; Secure$/);
    await api.close();
    await server.close();
  });
});

describe("given certificates", () => {
  it("are refused when they can't be read, or only Java can", async () => {
    await expect(readPem(path.join(folder, "no"), path.join(folder, "no"))).rejects.toThrow("Cannot read the private key");
    await writeFile(path.join(folder, "a.jks"), "");
    await expect(readKeystore(`file://${folder}/a.jks`, undefined)).rejects.toThrow("only Java reads");
  });
});
