import type { Readable } from "node:stream";
import { ClockerError } from "../../model/errors.ts";
import type { ImageState } from "../engine.ts";
import { filesOfTar } from "./archives.ts";
import type { ExecReply } from "./scripts.ts";

export interface BuildParts {
  engine: string;
  tag: string;
  find: (image: string) => ImageState | undefined;
  /** Runs a line of RUN. */
  run: (argv: readonly string[]) => Promise<ExecReply>;
  onOutput: (line: string) => void;
}

const TAIL = 20;

/**
 * Builds from a Dockerfile as far as an engine in memory can: FROM must name an image that is there, RUN lines are answered by scripts, EXPOSE
 * counts, the rest is taken as done. @throws build-failed with the last lines of output
 */
export async function build(context: Readable | Buffer, parts: BuildParts): Promise<Pick<ImageState, "exposedPorts" | "labels">> {
  const tail: string[] = [];
  const say = (line: string): void => {
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
    parts.onOutput(line);
  };
  const fail = (reason: string): never => {
    throw new ClockerError("build-failed", `Cannot build image "${parts.tag}" on engine "${parts.engine}": ${reason}\n${tail.join("\n")}`, {
      details: { engine: parts.engine, output: [...tail] },
    });
  };
  const dockerfile = (await filesOfTar(context)).get("Dockerfile");
  if (!dockerfile) return fail("Cannot locate specified Dockerfile: Dockerfile");
  const steps = instructions(dockerfile.content.toString("utf8"));
  let exposedPorts: string[] = [];
  let labels: Record<string, string> = {};
  for (const [index, { word, rest }] of steps.entries()) {
    say(`Step ${index + 1}/${steps.length} : ${word} ${rest}`);
    if (word === "FROM") {
      const base = parts.find(rest) ?? fail(`pull access denied for ${rest}, repository does not exist`);
      exposedPorts = [...base.exposedPorts];
      labels = { ...base.labels };
    }
    if (word === "EXPOSE") exposedPorts.push(...rest.split(/\s+/));
    if (word === "RUN") {
      const { exitCode = 0, stdout = "", stderr = "" } = await parts.run(["/bin/sh", "-c", rest]);
      for (const line of `${stdout}${stderr}`.split("\n")) if (line !== "") say(line);
      if (exitCode !== 0) fail(`The command '/bin/sh -c ${rest}' returned a non-zero code: ${exitCode}`);
    }
  }
  return { exposedPorts, labels };
}

function instructions(dockerfile: string): { word: string; rest: string }[] {
  const lines = dockerfile.replaceAll("\\\n", " ").split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => ({ word: line.replace(/\s.*/s, "").toUpperCase(), rest: line.replace(/^\S+\s*/, "") }));
}
