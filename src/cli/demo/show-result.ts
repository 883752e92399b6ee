import { type Io, print, say } from "../io.ts";
import { oneLine, styleOf } from "../output/style.ts";
import { seconds } from "../output/seconds.ts";
import type { DemoResult } from "./deploy-demo.ts";

/** What the demonstration has come to: the page, the URLs, the cloud's sensors. */
export function showResult(result: DemoResult, serverUrl: string, io: Io, isForPrograms: boolean): void {
  // For programs standard output has nothing but the summary.
  const out = isForPrograms ? say : print;
  const { bold, green, dim } = styleOf(io, isForPrograms ? io.stderr : io.stdout);
  out(io);
  out(io, `${green("✓")} ${bold(oneLine(result.title) || "The application")} answers at ${bold(result.url)} (status ${result.status})`);
  out(io, dim(`  cloud ready after ${seconds(result.cloudMs)}, application after ${seconds(result.appMs)}`));
  out(io);
  out(io, bold("URLs"));
  for (const [name, url] of Object.entries(result.urls)) out(io, `  ${name.padEnd(20)} ${oneLine(url)}`);
  out(io, `  ${"console".padEnd(20)} ${serverUrl}`);
  for (const [entity, sensors] of Object.entries(result.sensors)) {
    out(io);
    out(io, bold(entity));
    for (const [name, value] of Object.entries(sensors)) out(io, `  ${name.padEnd(32)} ${shown(value)}`);
  }
}

function shown(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toFixed(3);
  return oneLine(typeof value === "string" ? value : JSON.stringify(value)).slice(0, 100);
}
