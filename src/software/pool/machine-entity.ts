import { effector, type EffectorCall } from "../../model/effector.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { machineOf } from "../process/provision.ts";
import { lastLines } from "../process/run-script.ts";
import { emptySoftwareProcess } from "../process/software-process.ts";

const COMMAND = { name: "command", type: types.string, description: "The command, for the machine's shell" };
const LONGEST_COMMAND = 600_000;

/** Brooklyn's `MachineEntity`: a machine that runs commands when asked. */
export const machineEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.machine.MachineEntity",
  displayName: "Machine",
  description: "A machine, with no process of its own, that runs commands when asked",
  aliases: ["brooklyn.entity.machine.MachineEntity"],
  extends: [emptySoftwareProcess],
  effectors: [
    effector("execCommand", "Runs a command on the machine; returns what it printed", (call) => execCommand(call, LONGEST_COMMAND), { parameters: [COMMAND], returnType: "java.lang.String" }),
    effector("execCommandTimeout", "Runs a command on the machine for at most the given time; returns what it printed", (call) => execCommand(call, types.duration.coerce(call.parameters["timeout"])), {
      parameters: [COMMAND, { name: "timeout", type: types.duration, description: "How long it may take" }],
      returnType: "java.lang.String",
    }),
  ],
});

/** @throws ClockerError `no-machine`, `timeout`, `command-failed` with the end of its output */
async function execCommand({ entity, parameters, work }: EffectorCall, timeout: number): Promise<string> {
  const location = machineOf(entity);
  if (location === undefined) throw new ClockerError("no-machine", `Cannot run a command on "${entity.displayName}": it has no machine`, { remedy: "Start it" });
  const script = types.string.coerce(parameters["command"] ?? "");
  const { exitCode, stdout, stderr } = await location.machine.run(
    { script },
    { timeout, signal: work.signal, onStdout: (chunk) => work.write("stdout", chunk), onStderr: (chunk) => work.write("stderr", chunk) },
  );
  if (exitCode !== 0) throw new ClockerError("command-failed", `The command on "${entity.displayName}" exited with ${exitCode}: ${lastLines(`${stdout}\n${stderr}`)}`, { details: { exitCode } });
  return stdout;
}
