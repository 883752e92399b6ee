import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { benchCloud, CLOUD } from "./support/bench-cloud.ts";
import { PROJECT } from "./support/process.ts";

/** The Tomcat sample, from the request until it serves: the first on a host, whose image has to be brought and built, and one that finds it there. */
export const application: Benchmark = {
  name: "application",
  title: "Application deployed (Tomcat)",
  measure: async (bench) => {
    const { rest } = await benchCloud(bench);
    const sample = await readFile(path.join(PROJECT, "blueprints", "tomcat-application.yaml"), "utf8");
    const blueprint = sample.replace("my-docker-cloud", CLOUD).replace(/^location: .*$/m, `location: ${CLOUD}`);
    const first = await rest.deploy(blueprint);
    const second = await rest.deploy(blueprint);
    await rest.remove(second.applicationId);
    await rest.remove(first.applicationId);
    return [
      { what: "first Tomcat on a host, until it serves", value: first.ms, unit: "ms", note: "its image is brought to the host and built there" },
      { what: "second Tomcat there, until it serves", value: second.ms, unit: "ms", note: "the image is on the host" },
    ];
  },
};
