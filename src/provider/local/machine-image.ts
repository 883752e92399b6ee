import { readFile } from "node:fs/promises";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import type { Engine } from "../../engine/engine.ts";
import { recipeHash } from "../base-image/base-recipe.ts";
import { ensureBaseImage } from "../base-image.ts";
import { type TarFile, tarOf } from "../tar-of.ts";

const FILES: readonly { name: string; mode: number }[] = [
  { name: "Dockerfile", mode: 0o644 },
  { name: "sshd.conf", mode: 0o644 },
  { name: "machine.sh", mode: 0o755 },
];

/**
 * The image of which local machines are made: a base image with sshd and Docker Engine's packages. Built once; a changed recipe makes another. Gives back its name.
 * @throws ClockerError `build-failed` with the last lines of the build.
 */
export async function ensureMachineImage(engine: Engine, cacheDir: string, work: Work): Promise<string> {
  const context = await Promise.all(FILES.map(readContextFile));
  const image = `clocker/machine:${recipeHash(...context.flatMap((file) => [file.path, file.content.toString()]))}`;
  if (!(await isThere(engine, image, work.signal))) {
    await work.step(`Build machine image ${image}`, async (step) => build(engine, image, context, cacheDir, step));
  }
  return image;
}

async function readContextFile({ name, mode }: { name: string; mode: number }): Promise<TarFile> {
  return { path: name, mode, content: await readFile(new URL(`machine-image/${name}`, import.meta.url)) };
}

async function isThere(engine: Engine, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.inspectImage(image, signal);
    return true;
  } catch (error) {
    if (error instanceof ClockerError && error.code === "not-found") return false;
    throw error;
  }
}

/** The host's network, as its name servers may be on a loopback address that no container reaches. */
async function build(engine: Engine, image: string, context: readonly TarFile[], cacheDir: string, work: Work): Promise<void> {
  const base = await ensureBaseImage(engine, { cacheDir, work });
  const options = { tag: image, buildArgs: { BASE: base }, labels: { "clocker.base": base }, networkMode: "host" };
  await engine.buildImage(await tarOf(context), { ...options, onOutput: (line) => work.log(line) }, work.signal);
}
