import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClockerError } from "../../model/errors.ts";

/** The longest file that is read: bytes. */
const LARGEST = 1_000_000;

/**
 * The content of a file on this computer; undefined when there is none.
 * @throws ClockerError `invalid-value` for one that is too long, `forbidden` for one that cannot be read
 */
export async function readBounded(file: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (size > LARGEST) throw new ClockerError("invalid-value", `Cannot read "${file}": it has ${size} bytes, at most ${LARGEST} are read`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof ClockerError) throw cause;
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return undefined;
    throw new ClockerError("forbidden", `Cannot read "${file}"`, { remedy: "Let the user that runs Clocker read it", cause });
  }
}

/** The path that a `file:` URL, `~/...` or a path means. */
export function pathOf(location: string): string {
  if (location.startsWith("file:")) return location.startsWith("file:/") ? fileURLToPath(location) : tidy(location.slice("file:".length));
  return tidy(location);
}

function tidy(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
