import type { Command } from "../../machine/machine.ts";
import type { EffectorCall } from "../../model/effector.ts";
import { ClockerError } from "../../model/errors.ts";
import { DockerCloud } from "../cloud.ts";

const DEFAULT_TIMEOUT = 300_000;

/** `runDockerCommand(command)`: the arguments of `docker`, quoted as a shell would have them; no shell sees them. */
export function runDockerCommand(call: EffectorCall): Promise<string> {
  return run(call, { argv: ["docker", ...splitArguments(String(call.parameters["command"]))] });
}

/** `execCommand(command)`: for the host's shell. */
export function execCommand(call: EffectorCall): Promise<string> {
  return run(call, { script: String(call.parameters["command"]) });
}

async function run({ entity: host, parameters, work }: EffectorCall, command: Command): Promise<string> {
  const { machine } = DockerCloud.get(host).host(host.id).location;
  const timeout = typeof parameters["timeout"] === "number" ? parameters["timeout"] : DEFAULT_TIMEOUT;
  const result = await machine.run(command, {
    timeout,
    signal: work.signal,
    onStdout: (chunk) => work.write("stdout", chunk),
    onStderr: (chunk) => work.write("stderr", chunk),
  });
  if (result.exitCode === 0) return result.stdout;
  const lines = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-10).join("\n");
  throw new ClockerError("command-failed", `The command exited with ${result.exitCode} on "${host.displayName}": ${lines}`);
}

/** Splits a command line at spaces, with single and double quotes and backslashes as in a shell, and nothing else of a shell. */
export function splitArguments(line: string): string[] {
  const found: string[] = [];
  let current: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== undefined && char === quote) quote = undefined;
    else if (quote === undefined && (char === '"' || char === "'")) [quote, current] = [char, current ?? ""];
    else if (char === "\\" && quote !== "'") current = (current ?? "") + line.charAt(++i);
    else if (quote === undefined && /\s/.test(char)) {
      if (current !== undefined) found.push(current);
      current = undefined;
    } else current = (current ?? "") + char;
  }
  if (quote !== undefined) throw new ClockerError("invalid-value", `Cannot read command ${JSON.stringify(line)}: a quote is not closed`);
  if (current !== undefined) found.push(current);
  return found;
}
