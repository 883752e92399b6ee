import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync, type Zippable } from "fflate";

/** The same sources give the same bytes. */
const FIXED_TIME = new Date(2014, 5, 1);

/** A zip archive (a `.war`) of a folder's files. */
export async function zipFolder(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: Zippable = {};
  for (const path of paths.sort()) files[path.slice(folder.length + 1)] = [await readFile(path), { mtime: FIXED_TIME, level: 6 }];
  return Buffer.from(zipSync(files));
}
