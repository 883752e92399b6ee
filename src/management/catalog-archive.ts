import path from "node:path";
import { unzipSync } from "fflate";
import { ClockerError, messageOf } from "../model/errors.ts";

/** Bytes of all files of a bundle together, unpacked; and their number. */
const LARGEST = 64 * 1024 * 1024;
const MOST_FILES = 5_000;
/** Where a bundle's description is looked for, the first that is there. */
const BOM_FILES = ["catalog.bom", "META-INF/catalog.bom"];

/** A zip or jar that holds a `catalog.bom`, and what that names: icons and included files. */
export interface CatalogArchive {
  readonly bom: string;
  /** Name and version of the jar's manifest, for a `catalog.bom` that says none. */
  readonly manifest: { readonly symbolicName: string | undefined; readonly version: string | undefined };
  /** By path, with `/`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Whether bytes are a zip archive, by its signature. */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes.length > 3 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** @throws ClockerError `invalid-request` for what is no archive, holds no `catalog.bom`, is too large, or has paths that leave it */
export function openCatalogArchive(bytes: Uint8Array): CatalogArchive {
  const files = new Map(Object.entries(unpack(bytes)).filter(([name]) => !name.endsWith("/")));
  const bom = BOM_FILES.map((name) => files.get(name)).find((each) => each !== undefined);
  if (bom === undefined) throw new ClockerError("invalid-request", "Cannot read the archive: it holds no catalog.bom", { remedy: "Put the bundle's catalog.bom at the root of the archive" });
  const manifest = files.get("META-INF/MANIFEST.MF");
  return { bom: textOf(bom, "catalog.bom"), manifest: manifest === undefined ? { symbolicName: undefined, version: undefined } : readManifest(textOf(manifest, "META-INF/MANIFEST.MF")), files };
}

function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  let size = 0;
  let count = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        size += originalSize;
        count++;
        if (size > LARGEST || count > MOST_FILES) throw new ClockerError("invalid-request", `Cannot read the archive: it holds more than ${LARGEST / 1024 / 1024} MB or ${MOST_FILES} files`);
        if (!isInside(name)) throw new ClockerError("invalid-request", `Cannot read the archive: the path "${name.slice(0, 200)}" leaves it`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ClockerError) throw error;
    throw new ClockerError("invalid-request", `Cannot read the archive: ${messageOf(error)}`);
  }
}

function isInside(name: string): boolean {
  return name !== "" && !name.includes("\0") && !name.includes("\\") && !path.posix.isAbsolute(name) && !/^[A-Za-z]:/.test(name) && !name.split("/").includes("..");
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ClockerError("invalid-request", `Cannot read ${name} of the archive: it is not UTF-8 text`, { cause: error });
  }
}

/** Long lines of a manifest go on in the next, after a blank; OSGi versions have a qualifier after a third dot. */
function readManifest(text: string): CatalogArchive["manifest"] {
  const lines = text.replaceAll(/\r?\n /g, "").split(/\r?\n/);
  const valueOf = (key: string) => lines.find((line) => line.startsWith(`${key}:`))?.slice(key.length + 1).split(";", 1)[0]?.trim();
  return { symbolicName: valueOf("Bundle-SymbolicName"), version: valueOf("Bundle-Version")?.replace(/^(\d+\.\d+\.\d+)\.([A-Za-z].*)$/, "$1-$2") };
}
