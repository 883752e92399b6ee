import type { Bench } from "./bench.ts";
import { type Answering, startAnswering } from "./process.ts";

/** A management server as users start it, in a process of its own. It counts as answering when it has restored what it knew. */
export function startClocker(bench: Bench, dataDir: string): Promise<Answering> {
  return startAnswering(bench, ["./clocker", "launch", "--no-global-properties", "--port", "PORT", "--data-dir", dataDir], { path: "/v1/applications" });
}

/** The floor of a start: Node with an HTTP server that does nothing. */
export function startBareNode(bench: Bench): Promise<Answering> {
  return startAnswering(bench, [process.execPath, "-e", "require('node:http').createServer((_, response) => response.end('[]')).listen(Number(process.argv[1]), '127.0.0.1')", "PORT"], { path: "/" });
}
