import type { Benchmark } from "./benchmark.ts";
import { benchCloud } from "./support/bench-cloud.ts";

/** From the request until a cloud of two `local` hosts is ready: machines made, reached over SSH, set up, engines answering, location registered. */
export const cloud: Benchmark = {
  name: "cloud",
  title: "Cloud of 2 hosts ready",
  measure: async (bench) => {
    const { readyIn, builtImages } = await benchCloud(bench);
    return [
      builtImages
        ? { what: "cloud of 2 hosts ready, first time on this computer", value: readyIn, unit: "ms", note: "images had to be made; run again for the usual time" }
        : { what: "cloud of 2 hosts ready", value: readyIn, unit: "ms", note: "the machine image was there" },
    ];
  },
};
