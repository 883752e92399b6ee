import { readFileSync } from "node:fs";
import path from "node:path";

/** The version of the package. */
export function versionOfThis(): string {
  const text = readFileSync(path.resolve(import.meta.dirname, "../../package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
