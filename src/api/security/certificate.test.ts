import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeServer } from "../../../test/support/fake-server.ts";
import { startApi } from "../start-api.ts";
import { readKeystore, readPem, selfSigned, type Tls } from "./certificate.ts";

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

describe("a PKCS#12 key store", () => {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const served = async (tls: Tls) => {
    const server = fakeServer();
    const api = await startApi({ server, port: { first: 0, orNext: false }, tls });
    try {
      return await new Promise<{ name: string; protocol: string | null; cipher: string }>((resolve, reject) => {
        const socket = connect({ port: api.port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
          resolve({ name: socket.getPeerX509Certificate()?.subject ?? "", protocol: socket.getProtocol(), cipher: socket.getCipher().name });
          socket.destroy();
        }).on("error", reject);
      });
    } finally {
      await api.close();
      await server.close();
    }
  };

  it("is served with the certificate of an alias, over the protocols and ciphers that are allowed", async () => {
    const at = (name: string) => path.join(folder, name);
    for (const name of ["one", "two"]) {
      openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at(`${name}.key`), "-out", at(`${name}.crt`), "-subj", `/CN=${name}.example`, "-days", "2");
      openssl("pkcs12", "-export", "-inkey", at(`${name}.key`), "-in", at(`${name}.crt`), "-name", name, "-out", at(`${name}.p12`), "-passout", "pass:changeit");
    }
    const tls = await readKeystore(`file://${at("one.p12")}`, "changeit");
    expect((await served({ ...tls, minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384" })).cipher).toBe("ECDHE-RSA-AES256-GCM-SHA384");
    expect(await served(await readKeystore(at("two.p12"), "changeit", "TWO"))).toMatchObject({ name: "CN=two.example", protocol: "TLSv1.3" });
    await expect(readKeystore(at("two.p12"), "changeit", "three")).rejects.toThrow('There is no certificate "three"');
    await expect(readKeystore(at("two.p12"), "wrong")).rejects.toThrow("Cannot use the key store");
    await expect(readKeystore(at("two.p12"), "wrong", "two")).rejects.toThrow("Cannot use the key store");
  });
});
