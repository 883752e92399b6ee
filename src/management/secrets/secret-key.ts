import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ClockerError } from "../../model/errors.ts";

const keyLength = 32;

/**
 * The key of a data directory's secrets, in `keys/secrets.key` (0600): made once, at random, and durable before it is used.
 * @throws ClockerError `storage` when it cannot be read or made, is not a key, or others than its owner may read it
 */
export async function loadSecretKey(dataDirectory: string): Promise<Buffer> {
  const file = join(dataDirectory, "keys", "secrets.key");
  try {
    return (await readKey(file)) ?? (await makeKey(file));
  } catch (cause) {
    if (cause instanceof ClockerError) throw cause;
    throw new ClockerError("storage", `Cannot use the key file "${file}"`, { remedy: "Let the user that runs Clocker read and write the data directory", cause });
  }
}

/** Undefined when there is no file. */
async function readKey(file: string): Promise<Buffer | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) {
    throw new ClockerError("storage", `Cannot use the key file "${file}": others than its owner may read it (mode ${(mode & 0o777).toString(8)})`, {
      remedy: `chmod 600 "${file}"`,
    });
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === keyLength) return key;
  throw new ClockerError("storage", `Cannot use the key file "${file}": it has ${key.length} bytes of key, expected ${keyLength}`, { remedy: "Restore it from a backup of the data directory" });
}

/** Written beside and linked into place, so that no crash leaves half a key and no other process's key is replaced. */
async function makeKey(file: string): Promise<Buffer> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  await rm(draft, { force: true });
  await writeDurably(draft, `${randomBytes(keyLength).toString("base64")}\n`);
  await link(draft, file).catch((error: unknown) => {
    if (!hasCode(error, "EEXIST")) throw error;
  });
  await rm(draft);
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  const key = await readKey(file);
  if (key === undefined) throw new ClockerError("storage", `Cannot use the key file "${file}": it went away while it was made`);
  return key;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
