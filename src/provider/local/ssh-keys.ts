import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import ssh2 from "ssh2";
import { ClockerError } from "../../model/errors.ts";

/** A key pair as OpenSSH writes it. */
export interface KeyPair {
  privateKey: string;
  /** One line: `ssh-ed25519 AAAA... comment`. */
  publicKey: string;
}

/**
 * An Ed25519 key pair in OpenSSH's format (its PROTOCOL.key). Not made with `ssh2`, which drops a first byte of 0, so that OpenSSH refuses one key in 256.
 * @param comment for people: whose key it is.
 */
export function newKeyPair(comment: string): KeyPair {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [point, seed] = [Buffer.from(jwk.x ?? "", "base64url"), Buffer.from(jwk.d ?? "", "base64url")];
  const blob = Buffer.concat([sshString(KEY_TYPE), sshString(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, blob, sshString(Buffer.concat([seed, point])), sshString(comment)]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, -secret.length & 7);
  const file = Buffer.concat([Buffer.from("openssh-key-v1\0"), sshString("none"), sshString("none"), sshString(""), Buffer.from([0, 0, 0, 1]), sshString(blob), sshString(Buffer.concat([secret, padding]))]);
  const lines = file.toString("base64").replaceAll(/.{70}(?=.)/g, "$&\n");
  return { privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`, publicKey: `${KEY_TYPE} ${blob.toString("base64")} ${comment}` };
}

const KEY_TYPE = "ssh-ed25519";

/** A string as SSH writes it: its length in four bytes, then itself. */
function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** As OpenSSH shows it: `SHA256:` and the digest in base64 without padding. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** The key with which this plane logs in to machines that it makes: made once, readable by its owner only. */
export async function planeKey(dataDir: string, owner: string): Promise<{ privateKeyFile: string; publicKey: string }> {
  const folder = path.join(dataDir, "keys");
  const privateKeyFile = path.join(folder, "machines_ed25519");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = (await readKey(privateKeyFile)) ?? (await makeKey(privateKeyFile, `clocker-${owner}`));
  return { privateKeyFile, publicKey: publicKeyOf(key, privateKeyFile) };
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new ClockerError("storage", `Cannot read the private key "${file}"`, { cause: error });
  }
}

/** `link` fails where another made it first: then theirs is used. */
async function makeKey(file: string, comment: string): Promise<string> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  const { privateKey } = newKeyPair(comment);
  try {
    await writeFile(temporary, privateKey, { mode: 0o600, flush: true });
    await link(temporary, file);
    return privateKey;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return await readFile(file, "utf8");
    throw new ClockerError("storage", `Cannot write the private key "${file}"`, { cause: error });
  } finally {
    await rm(temporary, { force: true });
  }
}

function publicKeyOf(privateKey: string, file: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    throw new ClockerError("storage", `Cannot use the private key "${file}": ${parsed.message}`, { remedy: "Restore it from a backup: machines made with it accept no other" });
  }
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")} ${parsed.comment}`;
}
