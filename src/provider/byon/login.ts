import { createHash } from "node:crypto";
import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { ClockerError } from "../../model/errors.ts";
import type { Secrets } from "../../model/management.ts";
import type { SshDescription } from "../provider.ts";
import type { ByonHost } from "./hosts.ts";

/** How descriptions name what is needed to log in to a host: keys by file, passwords sealed. */
export async function loginOf(host: ByonHost, dataDir: string, secrets: Secrets): Promise<Pick<SshDescription, "privateKeyFile" | "passphraseRef" | "passwordRef">> {
  const privateKeyFile = host.privateKeyData === undefined ? (host.privateKeyFile ?? (await usersOwnKey(host))) : await keepKey(host.privateKeyData, dataDir);
  return {
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
    ...(host.passphrase === undefined ? {} : { passphraseRef: sealed(host.passphrase, secrets) }),
    ...(host.password === undefined ? {} : { passwordRef: sealed(host.password, secrets) }),
  };
}

/** With neither key nor password the user's own key is tried, as `ssh` does; without one, the user's SSH agent. */
async function usersOwnKey(host: ByonHost): Promise<string | undefined> {
  if (host.password !== undefined) return undefined;
  for (const name of ["id_ed25519", "id_ecdsa", "id_rsa"]) {
    const file = path.join(homedir(), ".ssh", name);
    if (await exists(file)) return file;
  }
  return undefined;
}

/** Keys that were given as text are kept in a file each, named by their content. */
async function keepKey(key: string, dataDir: string): Promise<string> {
  const file = path.join(dataDir, "keys", `given_${createHash("sha256").update(key).digest("hex").slice(0, 16)}`);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, key.endsWith("\n") ? key : `${key}\n`, { mode: 0o600, flush: true });
  return file;
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function sealed(plain: string, secrets: Secrets): string {
  const text = secrets.seal(plain);
  if (typeof text !== "string") throw new ClockerError("internal", "Cannot keep a password: the secret store seals no text");
  return text;
}
