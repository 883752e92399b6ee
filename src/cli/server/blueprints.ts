import path from "node:path";

/** A sample blueprint that comes with Clocker. */
export function blueprintFile(name: string): string {
  return path.resolve(import.meta.dirname, "../../../blueprints", name);
}
