import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "./clocker-process.ts";

/** A sample blueprint as it comes, with a location where it names none. */
export async function sample(name: string, location?: string): Promise<string> {
  const text = await readFile(join(PROJECT, "blueprints", name), "utf8");
  return location === undefined ? text : `${text}\nlocation: ${location}\n`;
}

/** A Docker cloud on this computer. */
export function cloud(name: string, config: Readonly<Record<string, unknown>> = {}, location: unknown = "local"): string {
  return JSON.stringify({ name, location, services: [{ type: "docker-infrastructure", "brooklyn.config": { "entity.dynamicLocation.name": name, ...config } }] });
}

/** Machines with nothing on them: in a cloud, containers. */
export function servers(location: string, names: readonly string[], config: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ name: names.join("-"), location, services: names.map((name) => ({ type: "server", name, "brooklyn.config": config })) });
}

/** One process made of commands. */
export function process(location: unknown, config: Readonly<Record<string, unknown>> = {}, name = "process"): string {
  const base = { "launch.command": "sleep 100000 & echo $! > $PID_FILE" };
  return JSON.stringify({ name, location, services: [{ type: "vanilla", name, "brooklyn.config": { ...base, ...config } }] });
}
