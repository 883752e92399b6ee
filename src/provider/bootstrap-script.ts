import { fileURLToPath } from "node:url";

/** The path of one of the scripts under `scripts/bootstrap`, which install on this computer what is missing. */
export function bootstrapScript(name: string): string {
  return fileURLToPath(new URL(`../../scripts/bootstrap/${name}`, import.meta.url));
}
