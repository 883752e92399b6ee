import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { promisify } from "node:util";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Transport } from "./transport.ts";

/** What HTTPS needs: PEM texts, or a PKCS#12 store; and what its connections may use. */
export type Tls = ({ readonly key: Buffer; readonly cert: Buffer } | { readonly pfx: Buffer; readonly passphrase: string | undefined }) & Partial<Transport>;

const DAYS = 825;
const TIMEOUT = 30_000;

/** Reads a key and certificate in PEM. @throws ClockerError `invalid-value` */
export async function readPem(keyFile: string, certFile: string): Promise<Tls> {
  return { key: await read(keyFile, "the private key"), cert: await read(certFile, "the certificate") };
}

/**
 * Reads a PKCS#12 key store, as `brooklyn.webconsole.security.keystore.url` names it.
 * @param alias which of several certificates (`keystore.certificate.alias`); the first unless given
 * @throws ClockerError `invalid-value`
 */
export async function readKeystore(url: string, password: string | undefined, alias?: string): Promise<Tls> {
  const file = url.replace(/^file:(\/\/)?/, "");
  if (/\.(jks|jceks)$/i.test(file)) {
    throw new ClockerError("invalid-value", `Cannot use the key store "${file}": it is in a format that only Java reads`, { remedy: `Convert it: keytool -importkeystore -srckeystore ${file} -destkeystore server.p12 -deststoretype pkcs12` });
  }
  const pfx = await read(file, "the key store");
  if (alias !== undefined) return byAlias(file, password ?? "", alias);
  try {
    createSecureContext({ pfx, passphrase: password });
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot use the key store "${file}": ${messageOf(error)}`, { cause: error, remedy: "It must be in PKCS#12 format; check brooklyn.webconsole.security.keystore.password" });
  }
  return { pfx, passphrase: password };
}

/** One certificate of several with its key, by the name that it has in the store. */
async function byAlias(file: string, password: string, alias: string): Promise<Tls> {
  const texts = await promisify(execFile)("openssl", ["pkcs12", "-in", file, "-passin", "env:CLOCKER_KEYSTORE_PASSWORD", "-nodes"], { timeout: TIMEOUT, env: { ...process.env, CLOCKER_KEYSTORE_PASSWORD: password } }).catch((error: unknown) => {
    throw new ClockerError("invalid-value", `Cannot use the key store "${file}"`, { cause: error, remedy: "It must be in PKCS#12 format; check brooklyn.webconsole.security.keystore.password" });
  });
  const bags = [...texts.stdout.matchAll(/Bag Attributes\n([\s\S]*?)(-----BEGIN (CERTIFICATE|(?:\w+ )?PRIVATE KEY)-----[\s\S]*?-----END \3-----)/g)].map(([, attributes = "", pem = "", kind = ""]) => ({
    name: /friendlyName: (.*)/.exec(attributes)?.[1]?.trim(),
    keyId: /localKeyID: (.*)/.exec(attributes)?.[1]?.trim(),
    pem,
    isKey: kind.endsWith("KEY"),
  }));
  const key = bags.find(({ isKey, name }) => isKey && name?.toLowerCase() === alias.toLowerCase());
  const own = key === undefined ? undefined : bags.find(({ isKey, name, keyId }) => !isKey && (keyId === undefined ? name === key.name : keyId === key.keyId));
  if (key === undefined || own === undefined) {
    const names = bags.flatMap(({ isKey, name }) => (isKey && name !== undefined ? [`"${name}"`] : []));
    throw new ClockerError("invalid-value", `There is no certificate "${alias}" with a key in the key store "${file}"`, { remedy: `It has ${names.length === 0 ? "none with a name" : names.join(", ")}` });
  }
  // The certificates of those who signed it follow it.
  const others = bags.filter(({ isKey, keyId }) => !isKey && keyId === undefined).map(({ pem }) => pem);
  return { key: Buffer.from(key.pem), cert: Buffer.from([own.pem, ...others].join("\n")) };
}

/**
 * The server's own certificate, kept in a folder and made once with `openssl`. Browsers warn of it, as nobody else has signed it.
 * @throws ClockerError `command-failed` where there is no openssl
 */
export async function selfSigned(folder: string, names: readonly string[]): Promise<Tls> {
  const [keyFile, certFile] = [path.join(folder, "key.pem"), path.join(folder, "certificate.pem")];
  const known = await kept(keyFile, certFile);
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const subjects = [...new Set([...names, "localhost", "127.0.0.1", "::1"])].map((name) => `${/^[\d.]+$|:/.test(name) ? "IP" : "DNS"}:${name}`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  const content = ["-subj", "/CN=Clocker", "-addext", `subjectAltName=${subjects.join(",")}`, "-addext", "extendedKeyUsage=serverAuth", "-days", String(DAYS)];
  try {
    await promisify(execFile)("openssl", ["req", "-x509", ...key, "-out", certFile, ...content], { timeout: TIMEOUT });
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new ClockerError("command-failed", `Cannot make a certificate: ${isAbsent ? "openssl is not on this computer" : messageOf(error)}`, { cause: error, remedy: "Install openssl, or give a certificate with --https-key and --https-cert" });
  }
  await chmod(keyFile, 0o600);
  return readPem(keyFile, certFile);
}

/** The certificate of an earlier start, unless it ends within a week. */
async function kept(keyFile: string, certFile: string): Promise<Tls | undefined> {
  try {
    const cert = await readFile(certFile);
    if (new X509Certificate(cert).validToDate.getTime() < Date.now() + 7 * 86_400_000) return undefined;
    return { key: await readFile(keyFile), cert };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new ClockerError("invalid-value", `Cannot read the certificate "${certFile}": ${messageOf(error)}`, { cause: error, remedy: "Remove it to have a new one made" });
  }
}

async function read(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot read ${what} "${file}": ${messageOf(error)}`, { cause: error });
  }
}
