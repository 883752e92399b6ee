import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

export interface TarFile {
  /** Without a leading slash. */
  path: string;
  content: string | Buffer;
  /** 0644 when absent. */
  mode?: number;
}

/** A tar of a few small files owned by root; the same files give the same bytes. */
export async function tarOf(files: readonly TarFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, content, mode } of files) tar.entry({ name: path, mode: mode ?? 0o644, mtime: new Date(0), uid: 0, gid: 0 }, content);
  tar.finalize();
  return buffer(tar);
}
