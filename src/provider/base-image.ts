import { createReadStream } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { ClockerError, messageOf } from "../model/errors.ts";
import type { Work } from "../model/work.ts";
import { unixEngine } from "../engine/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { LocalMachine } from "../machine/local-machine.ts";
import { type BaseRecipe, readBaseRecipe, recipeHash } from "./base-image/base-recipe.ts";
import { copyFromHere } from "./base-image/copy-from-here.ts";
import { limitSilence } from "./base-image/limit-silence.ts";
import { bootstrapScript } from "./bootstrap-script.ts";
import { knownEngineSocket } from "./local/ensure-engine.ts";
import { runChecked } from "./run-checked.ts";

export interface BaseImageOptions {
  /** Where the root file system is kept between runs. */
  cacheDir: string;
  work: Work;
  /** This computer's engine, whose images need no registry; undefined where there is none. Found by itself when absent. */
  here?: Engine | undefined;
}

/** A root file system as a tar.gz file, and the image that it becomes. */
export interface BaseRootfs {
  file: string;
  /** `clocker/debian:bookworm`. */
  image: string;
  sizeBytes: number;
}

const PULLED = "debian:bookworm-slim";
const PULL_LIMITS = { silence: 60_000, overall: 10 * 60_000 };
const MAKE_LIMIT = 30 * 60_000;
const RECIPE_LABEL = "clocker.recipe";

/**
 * The image that others are built from, on the given engine: Debian's slim image where this computer's engine has it or a registry answers, else one made
 * here by debootstrap and imported as `clocker/debian:bookworm`. Gives back its name. What is there already is used.
 */
export async function ensureBaseImage(engine: Engine, options: BaseImageOptions): Promise<string> {
  const { cacheDir, work } = options;
  if (await hasImage(engine, PULLED, work.signal)) return PULLED;
  const kept = await keptRootfs(cacheDir);
  if (kept !== undefined) return importRootfs(engine, kept, work);
  const made = await madeHere(cacheDir);
  if (made !== undefined && (await hasImage(engine, made.name, work.signal, made.recipe))) return made.name;
  const copied = await copiedFromHere(engine, options, made);
  if (copied !== undefined) return copied;
  const refusal = await tryToPull(engine, work);
  if (refusal === undefined) return PULLED;
  return importRootfs(engine, await makeInstead(refusal, cacheDir, work), work);
}

/**
 * The root file system that debootstrap makes from this computer's own package mirror: made once, kept in `cacheDir`, to be streamed to any engine with `importRootfs`.
 * @throws ClockerError `command-failed` without root or with the last lines of debootstrap's output, `invalid-request` on a system with other packages.
 */
export async function baseRootfs(cacheDir: string, work: Work): Promise<BaseRootfs> {
  const kept = await keptRootfs(cacheDir);
  if (kept !== undefined) return kept;
  const recipe = await readBaseRecipe();
  const { file, image } = await placeOf(recipe, cacheDir);
  await mkdir(cacheDir, { recursive: true });
  await work.step(`Make base image ${image}`, async (step) => make(recipe, file, step));
  return { file, image, sizeBytes: (await stat(file)).size };
}

/** Makes the image on an engine, here or on another computer, unless it has it. Gives back its name. */
export async function importRootfs(engine: Engine, rootfs: BaseRootfs, work: Work): Promise<string> {
  const recipe = path.basename(rootfs.file);
  if (await hasImage(engine, rootfs.image, work.signal, recipe)) return rootfs.image;
  await work.step(`Import base image ${rootfs.image} on ${engine.name}`, async (step) => {
    const changes = ['CMD ["/bin/bash"]', `LABEL ${RECIPE_LABEL}=${recipe}`];
    await engine.importImage(createReadStream(rootfs.file), { tag: rootfs.image, changes }, step.signal);
  });
  return rootfs.image;
}

/** Whether an engine has an image, made by this recipe where one is given. */
async function hasImage(engine: Engine, name: string, signal: AbortSignal, recipe?: string): Promise<boolean> {
  try {
    const image = await engine.inspectImage(name, signal);
    return recipe === undefined || image.labels[RECIPE_LABEL] === recipe;
  } catch (error) {
    if (error instanceof ClockerError && error.code === "not-found") return false;
    throw error;
  }
}

/** From this computer's engine. */
async function copiedFromHere(engine: Engine, options: BaseImageOptions, made: { name: string; recipe: string } | undefined): Promise<string | undefined> {
  const socket = "here" in options || isEngineElsewhere() ? undefined : knownEngineSocket();
  const here = socket === undefined ? options.here : unixEngine(socket, "this computer");
  if (here === undefined) return undefined;
  try {
    const wanted = [{ name: PULLED, isRight: () => true }, ...(made === undefined ? [] : [{ name: made.name, isRight: (labels: Readonly<Record<string, string>>) => labels[RECIPE_LABEL] === made.recipe }])];
    return await copyFromHere(here, engine, wanted, options.work);
  } finally {
    if (socket !== undefined) await here.close();
  }
}

/** One that `DOCKER_HOST` names on another computer has nothing to do with this one. */
function isEngineElsewhere(): boolean {
  return /^(?!unix:)\w+:/.test(process.env["DOCKER_HOST"] ?? "");
}

/** Gives back why no registry gave the image: that is no failure, as the image can be made here. */
async function tryToPull(engine: Engine, work: Work): Promise<unknown> {
  return work.step(`Pull ${PULLED}`, async (step) => {
    const limit = limitSilence(PULL_LIMITS);
    const onProgress = (line: string) => {
      limit.heard();
      step.log(line);
    };
    try {
      await engine.pullImage(PULLED, { onProgress }, AbortSignal.any([step.signal, limit.signal]));
      return undefined;
    } catch (error) {
      step.signal.throwIfAborted();
      step.log(`No registry gave it, so it will be made here (${messageOf(error)})`);
      return error;
    } finally {
      limit.end();
    }
  });
}

async function makeInstead(refusal: unknown, cacheDir: string, work: Work): Promise<BaseRootfs> {
  try {
    return await baseRootfs(cacheDir, work);
  } catch (error) {
    work.signal.throwIfAborted();
    throw new ClockerError("build-failed", `Cannot get a base image: no registry gave "${PULLED}" (${messageOf(refusal)}), and it cannot be made here`, { cause: error });
  }
}

async function keptRootfs(cacheDir: string): Promise<BaseRootfs | undefined> {
  try {
    const { file, image } = await placeOf(await readBaseRecipe(), cacheDir);
    return { file, image, sizeBytes: (await stat(file)).size };
  } catch (error) {
    if (error instanceof ClockerError && error.code === "invalid-request") return undefined;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The name of the image that debootstrap makes here, and its recipe's; undefined on a system with other packages. */
async function madeHere(cacheDir: string): Promise<{ name: string; recipe: string } | undefined> {
  try {
    const { file, image } = await placeOf(await readBaseRecipe(), cacheDir);
    return { name: image, recipe: path.basename(file) };
  } catch (error) {
    if (error instanceof ClockerError && error.code === "invalid-request") return undefined;
    throw error;
  }
}

async function placeOf(recipe: BaseRecipe, cacheDir: string): Promise<{ file: string; image: string }> {
  const hash = recipeHash(JSON.stringify(recipe), process.arch, await readFile(bootstrapScript("base-rootfs.sh"), "utf8"));
  return {
    file: path.join(cacheDir, `${recipe.distribution}-${recipe.suite}-${hash}.tar.gz`),
    image: `clocker/${recipe.distribution}:${recipe.suite}`,
  };
}

async function make(recipe: BaseRecipe, file: string, work: Work): Promise<void> {
  const env = {
    CLOCKER_SUITE: recipe.suite,
    CLOCKER_MIRROR: recipe.mirror,
    CLOCKER_COMPONENTS: recipe.components.join(","),
    CLOCKER_SOURCES: recipe.sources,
    CLOCKER_KEYRING: recipe.keyring,
  };
  await runChecked(new LocalMachine(), "make a base image", { argv: [bootstrapScript("base-rootfs.sh"), file] }, work, { env, timeout: MAKE_LIMIT });
}
