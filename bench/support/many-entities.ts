import { z } from "zod";
import type { Bench } from "./bench.ts";
import { type Child, startChild } from "./child.ts";

/** A management server in a process of its own, of which can be asked what no user can. */
export interface PlaneProcess extends Child {
  readonly url: string;
}

const Filled = z.object({ id: z.string(), entities: z.int(), processes: z.array(z.string()) });
const Delays = z.object({ max: z.number(), p99: z.number() });
const Memory = z.object({ rss: z.number(), used: z.number() });

/** Starts one on a data directory, and waits until all that is stored there is restored. */
export async function startPlane(bench: Bench, dataDir: string): Promise<PlaneProcess> {
  const child = startChild(bench, "plane", { args: [dataDir], node: ["--expose-gc"] });
  await child.call("ready");
  return { ...child, url: String(await child.call("url")) };
}

/** Makes an application of so many entities, started and with sensors. */
export async function fill(plane: Child, entities: number): Promise<z.infer<typeof Filled>> {
  return Filled.parse(await plane.call("fill", entities));
}

/** Milliseconds that the event loop was late, since the last time that this was asked. */
export async function loopDelays(plane: Child): Promise<z.infer<typeof Delays>> {
  return Delays.parse(await plane.call("delays"));
}

/** Bytes after the garbage was collected. */
export async function memoryOf(plane: Child): Promise<z.infer<typeof Memory>> {
  return Memory.parse(await plane.call("memory"));
}
