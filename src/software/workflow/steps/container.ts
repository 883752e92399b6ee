import { ClockerError } from "../../../model/errors.ts";
import { type ContainerJob, type PullPolicy, runContainerJob } from "../../container/container-job.ts";
import { shownAs } from "../scope.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { environmentOf, outcomeOf, scriptOf } from "./commands.ts";
import { quotedOrPlain } from "./words.ts";

const POLICIES: readonly PullPolicy[] = ["IfNotPresent", "Always", "Never"];

/** Runs what it is given in bash, where the image has it. */
const SHELL = 'if command -v bash >/dev/null 2>&1; then exec bash -c "$0"; else exec sh -c "$0"; fi';

/** Runs a container to its end, and removes it. */
export const containerStep: StepType = {
  name: "container",
  form: "container IMAGE [COMMAND]",
  keys: ["image", "command", "commands", "raw_command", "env", "exit_code", "pull_policy", "output_max_size", "interpolation_mode", "interpolation_errors", "working_dir"],
  note: "On a Docker host of the cloud that the entity is in, else with this computer's engine; removed when it has ended. `command` and `commands` run in a shell, with values as for `ssh`; `raw_command` is the program and its arguments. `pull_policy` is IfNotPresent, Always or Never. The output is `{stdout, stderr, exit_code}`",
  isIdempotent: false,
  shorthand: (text) => {
    const [, image, command] = /^(\S+)(?:\s+(.+))?$/s.exec(text) ?? [];
    return image === undefined ? undefined : { image, ...(command === undefined ? {} : { command: quotedOrPlain(command) }) };
  },
  run: async (call) => {
    const image = await call.text("image");
    // The step's own time-out ends it.
    const result = await runContainerJob(call.entity, { image, pullPolicy: await policyOf(call), timeout: Infinity, ...(await commandOf(call)) }, call.work);
    return outcomeOf(call, result, `The container of image "${image}"`);
  },
};

async function commandOf(call: StepCall): Promise<Partial<ContainerJob>> {
  const { command, commands, raw_command: raw } = call.step.fields;
  if ([command, commands, raw].filter((each) => each !== undefined).length > 1) throw new ClockerError("invalid-value", '"container" takes one of command, commands and raw_command');
  const workingDir = call.step.fields["working_dir"] === undefined ? {} : { workingDir: await call.text("working_dir") };
  const script = commands === undefined ? command : (Array.isArray(commands) ? commands.map(String) : [String(commands)]).join("\n");
  if (script !== undefined) {
    const { text, env } = await scriptOf(call, script);
    return { entrypoint: ["/bin/sh", "-c", SHELL, text], env, ...workingDir };
  }
  const env = await environmentOf(call);
  if (raw === undefined) return { env, ...workingDir };
  const argv = await call.get("raw_command");
  const [program, ...args] = (Array.isArray(argv) ? (argv as unknown[]) : [argv]).map(shownAs);
  return { ...(program === undefined ? {} : { entrypoint: [program] }), args, env, ...workingDir };
}

async function policyOf(call: StepCall): Promise<PullPolicy> {
  const given = shownAs((await call.get("pull_policy")) ?? "IfNotPresent");
  const policy = POLICIES.find((each) => each.toLowerCase() === given.toLowerCase().replaceAll(/[-_]/g, ""));
  if (policy === undefined) throw new ClockerError("invalid-value", `"pull_policy" cannot be "${given}"`, { remedy: `It is one of ${POLICIES.join(", ")}` });
  return policy;
}
