import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";
import type { MemoryFile } from "./container.ts";

/** Unpacks the files of a tar below a folder. */
export async function unpackInto(files: Map<string, MemoryFile>, folder: string, tar: Readable | Buffer): Promise<void> {
  for (const [name, file] of await filesOfTar(tar)) files.set(posix.join(folder, name), file);
}

/** A file, or the files below a folder, as the engine's archive API gives them: under the last part of the path. */
export function packFrom(files: ReadonlyMap<string, MemoryFile>, path: string): Readable | undefined {
  const base = posix.basename(path);
  const chosen = [...files].flatMap(([name, file]) => {
    if (name === path) return [{ name: base, file }];
    return name.startsWith(`${path}/`) ? [{ name: posix.join(base, name.slice(path.length + 1)), file }] : [];
  });
  if (chosen.length === 0) return undefined;
  const archive = pack();
  if (!files.has(path)) archive.entry({ name: `${base}/`, type: "directory" });
  for (const { name, file } of chosen) archive.entry({ name, mode: file.mode, size: file.content.length }, file.content);
  archive.finalize();
  return Readable.from(archive);
}

/** The files in a tar by their names; folders and links are left out. */
export async function filesOfTar(tar: Readable | Buffer): Promise<Map<string, MemoryFile>> {
  const files = new Map<string, MemoryFile>();
  const entries = extract();
  const source = Buffer.isBuffer(tar) ? Readable.from([tar]) : tar;
  const reading = async (): Promise<void> => {
    for await (const entry of entries) {
      const parts: Buffer[] = [];
      for await (const chunk of entry) if (Buffer.isBuffer(chunk)) parts.push(chunk);
      if (entry.header.type === "file") files.set(posix.normalize(entry.header.name), { mode: entry.header.mode ?? 0o644, content: Buffer.concat(parts) });
    }
  };
  await Promise.all([reading(), pipeline(source, entries)]);
  return files;
}
