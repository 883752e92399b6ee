import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { PrepareCatalog } from "../../management/open-server.ts";
import { underHome } from "../../management/properties/load-properties.ts";
import { messageOf } from "../../model/errors.ts";
import { readBundle } from "../commands/read-input.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import type { ServerLog } from "./server-log.ts";

export interface CatalogFlags {
  /** Added at the first start, and after a reset. */
  readonly catalogInitial: readonly string[];
  /** Added at each start. */
  readonly catalogAdd: readonly string[];
  readonly catalogReset?: boolean;
  readonly failOnCatalogErrors?: boolean;
}

/**
 * Fills the catalog as Brooklyn's `--catalogInitial`, `--catalogAdd` and `--catalogReset` do. What cannot be read or added is logged and left out, as there, unless
 * it shall end the start.
 */
export function startCatalog(flags: CatalogFlags, io: Io, log: ServerLog): PrepareCatalog {
  const { catalogInitial, catalogAdd, catalogReset = false, failOnCatalogErrors = false } = flags;
  return async (store, { isFirstStart }) => {
    const add = async (source: string, force: boolean): Promise<void> => {
      try {
        for (const file of await bundlesOf(underHome(source, io.home))) {
          const { outcome, added } = await store.add(await readBundle(file, io), { force });
          if (outcome !== "unchanged") log.info({}, `Catalog: ${outcome === "updated" ? "updated" : "added"} ${added.join(", ")} from ${file}`);
        }
      } catch (error) {
        if (failOnCatalogErrors) throw new CliError(exitCodes.usage, `Cannot add "${source}" to the catalog: ${messageOf(error)}`, { cause: error });
        log.error({ error }, `Cannot add "${source}" to the catalog`);
      }
    };
    if (catalogReset) await store.reset();
    if (isFirstStart || catalogReset) for (const source of catalogInitial) await add(source, false);
    // A file that was changed since is meant as it is now.
    for (const source of catalogAdd) await add(source, true);
  };
}

/** A file or URL is itself; of a folder, which is no bundle by itself, the bundles in it. */
async function bundlesOf(source: string): Promise<string[]> {
  const isFolder = await stat(source).then((found) => found.isDirectory(), () => false);
  if (!isFolder) return [source];
  const names = await readdir(source);
  if (names.includes("catalog.bom")) return [source];
  const found = names.filter((name) => /\.(bom|zip|jar)$/i.test(name)).toSorted();
  if (found.length === 0) throw new CliError(exitCodes.usage, `There is no .bom, .zip or .jar in "${source}"`);
  return found.map((name) => path.join(source, name));
}
