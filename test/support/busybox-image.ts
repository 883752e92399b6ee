import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { pack, type Pack } from "tar-stream";

const run = promisify(execFile);
const BUSYBOX = "/bin/busybox";
/** Programs of this computer that go into the image with the libraries they need. */
const EXTRA = ["/bin/bash", "/usr/bin/socat"];

/** A root file system for tests: static busybox with links for its commands, and bash and socat where this computer has them. */
export async function busyboxTar(): Promise<Readable> {
  const busybox = existsSync(BUSYBOX) ? BUSYBOX : "/usr/bin/busybox";
  if (!existsSync(busybox)) throw new Error("Cannot make the test image: no busybox; on Debian: apt-get install busybox-static");
  const tar = pack();
  for (const folder of ["bin", "etc", "lib", "lib64", "proc", "root", "sys", "tmp", "usr", "usr/bin", "var"]) tar.entry({ name: `${folder}/`, type: "directory", mode: folder === "tmp" ? 0o1777 : 0o755 });
  await addFile(tar, "bin/busybox", busybox);
  const { stdout } = await run(busybox, ["--list"]);
  for (const name of stdout.trim().split("\n")) if (name !== "busybox") tar.entry({ name: `bin/${name}`, type: "symlink", linkname: "busybox" });
  tar.entry({ name: "etc/passwd" }, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
  tar.entry({ name: "etc/group" }, "root:x:0:\nnogroup:x:65534:\n");
  for (const [name, source] of await extraFiles()) await addFile(tar, name, source);
  tar.finalize();
  return Readable.from(tar);
}

/** Path in the image (no leading slash) → file here. */
async function extraFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const program of EXTRA.filter((path) => existsSync(path))) {
    files.set(program.slice(1), await realpath(program));
    const { stdout } = await run("ldd", [program]);
    for (const [, library] of stdout.matchAll(/(\/\S+\.so\S*) \(0x/g)) if (library !== undefined) files.set(library.slice(1), await realpath(library));
  }
  return files;
}

async function addFile(tar: Pack, name: string, source: string): Promise<void> {
  tar.entry({ name, mode: 0o755 }, await readFile(source));
}
