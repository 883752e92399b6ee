// Exits 0 when node_modules holds every package that package-lock.json asks for, at its version. Plain JavaScript: any Node runs it.
// Arguments: the project's folder; `all` to count what only development needs too, else `run`.
import { readFileSync } from "node:fs";

const [root, kind] = process.argv.slice(2);

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw new Error(`Cannot read "${file}"`, { cause: error });
  }
}

const installed = packagesOf(`${root}/node_modules/.package-lock.json`);
const wanted = Object.entries(packagesOf(`${root}/package-lock.json`)).filter(
  ([path, entry]) => path !== "" && !entry.optional && !entry.devOptional && (kind === "all" || !entry.dev),
);
const missing = wanted.filter(([path, entry]) => installed[path]?.version !== entry.version);
process.exit(missing.length === 0 && wanted.length > 0 ? 0 : 1);
