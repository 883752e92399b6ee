import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { LocalMachine } from "../../../machine/local-machine.ts";
import { tryOnMachine } from "../../feed/machine-command.ts";
import { asVariables } from "../../process/environment.ts";
import { holds } from "../conditions.ts";
import { asScript } from "../interpolate.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { quotedOrPlain } from "./words.ts";

/** Characters of output that a step keeps unless it says: the last, as in Brooklyn. */
const KEPT_OUTPUT = 100_000;

export const commandKeys = ["command", "env", "exit_code", "output_max_size", "interpolation_mode", "interpolation_errors"] as const;

/** What a command gave. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number;
}

/**
 * The step's output, cut to its size; an exit code that is not wanted fails the step, whose handlers see the output.
 * @throws ClockerError `command-failed`
 */
export async function outcomeOf(call: StepCall, { stdout, stderr, exitCode }: { stdout: string; stderr: string; exitCode: number }, what: string): Promise<Outcome> {
  const size = Number((await call.get("output_max_size")) ?? KEPT_OUTPUT);
  const cut = (text: string): string => (size >= 0 && text.length > size ? text.slice(text.length - size) : text);
  const outcome = { stdout: cut(stdout).trimEnd(), stderr: cut(stderr).trimEnd(), exit_code: exitCode };
  const wanted = call.step.fields["exit_code"] ?? 0;
  if (String(wanted).toLowerCase() === "any" || (await holds(wanted, call.scope, call.work, exitCode))) return outcome;
  call.instance.output = outcome;
  const last = `${stdout}\n${stderr}`.trim().split("\n").slice(-12).join("\n");
  throw new ClockerError("command-failed", `${what} exited with ${exitCode}${last === "" ? "" : `, and its last lines were: ${last}`}`, { details: { ...outcome } });
}

/** The step's command with its values as variables of its shell: what comes from outside is never joined to a script. */
export async function scriptOf(call: StepCall, text: unknown): Promise<{ text: string; env: Record<string, string> }> {
  if (typeof text !== "string" || text.trim() === "") throw new ClockerError("invalid-value", `"${call.step.type.name}" needs a command`);
  const own = await environmentOf(call);
  const script = String(call.step.fields["interpolation_mode"]) === "disabled" ? { text, env: {} } : await asScript(text, call.scope, call.work);
  return { text: script.text, env: { ...own, ...script.env } };
}

/** `env` of a step. */
export async function environmentOf(call: StepCall): Promise<Record<string, string>> {
  const given = (await call.get("env")) ?? {};
  return asVariables(isRecord(given) ? given : {}, "the environment of a workflow's step");
}

const ssh: StepType = {
  name: "ssh",
  form: "ssh COMMAND",
  keys: [...commandKeys, "entity", "working_dir"],
  note: "On the entity's machine, however that is reached. `${...}` of the workflow reach the command as variables of its shell, so they are not filled in between single quotes; others are the shell's. The output is `{stdout, stderr, exit_code}`; an exit code other than `exit_code` (0) fails the step",
  isIdempotent: false,
  shorthand: (text) => ({ command: quotedOrPlain(text) }),
  run: async (call) => {
    const entity = await call.target();
    const { text, env } = await scriptOf(call, call.step.fields["command"]);
    const cwd = call.step.fields["working_dir"] === undefined ? {} : { cwd: await call.text("working_dir") };
    const result = await tryOnMachine(entity, { phase: "run a workflow's command on", text, env, ...cwd }, call.work);
    return outcomeOf(call, result, `The command on "${entity.displayName}"`);
  },
};

/** Brooklyn's name; there it is allowed unless the property is true, here only when it is false. */
const SHELL_DISABLED = "brooklyn.security.shell.workflow_step.disabled";

const shell: StepType = {
  name: "shell",
  form: "shell COMMAND",
  keys: [...commandKeys, "working_dir"],
  note: `On the management server, as the user who runs it: only where its property \`${SHELL_DISABLED}\` is \`false\`, which it is not unless set. Else as \`ssh\``,
  isIdempotent: false,
  shorthand: (text) => ({ command: quotedOrPlain(text) }),
  run: async (call) => {
    if (call.entity.management.property(SHELL_DISABLED)?.trim().toLowerCase() !== "false") {
      throw new ClockerError("forbidden", 'Cannot run the step "shell": commands on the management server are not allowed', { remedy: `Use "ssh" for the entity's machine or "container"; whoever runs the server may allow it with ${SHELL_DISABLED}=false` });
    }
    const { text, env } = await scriptOf(call, call.step.fields["command"]);
    const { work } = call;
    work.write("stdin", `${text}\n`);
    const cwd = call.step.fields["working_dir"] === undefined ? {} : { cwd: await call.text("working_dir") };
    const result = await new LocalMachine().run({ script: text }, { env, ...cwd, signal: work.signal, onStdout: (chunk) => work.write("stdout", chunk), onStderr: (chunk) => work.write("stderr", chunk) });
    return outcomeOf(call, result, "The command on the management server");
  },
};

const winrm: StepType = {
  name: "winrm",
  form: "winrm COMMAND",
  keys: [...commandKeys],
  note: "Read, and refused when it runs: there are no Windows machines",
  isIdempotent: false,
  isRefused: true,
  shorthand: (text) => ({ command: text }),
  run: async () => {
    throw new ClockerError("invalid-request", 'Cannot run the step "winrm": Clocker has no Windows machines', { remedy: 'Use "ssh" or "container"' });
  },
};

export const commandSteps: readonly StepType[] = [ssh, shell, winrm];
