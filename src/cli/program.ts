import { Command } from "commander";
import { addActivity } from "./commands/activity.ts";
import { addApp } from "./commands/app.ts";
import { addApply } from "./commands/apply.ts";
import { addCatalog } from "./commands/catalog.ts";
import { addCompletion } from "./commands/completion.ts";
import { addContext } from "./commands/context.ts";
import { addDemo } from "./commands/demo.ts";
import { addDeploy } from "./commands/deploy.ts";
import { addEffector } from "./commands/effector.ts";
import { addEntity } from "./commands/entity.ts";
import { addEvents } from "./commands/events.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExec } from "./commands/exec.ts";
import { addLaunch } from "./commands/launch.ts";
import { addLocation } from "./commands/location.ts";
import { addList } from "./commands/list.ts";
import { addLogin } from "./commands/login.ts";
import { addLogs } from "./commands/logs.ts";
import { addPlan } from "./commands/plan.ts";
import { addPolicy } from "./commands/policy.ts";
import { addSensor } from "./commands/sensor.ts";
import { addStatus } from "./commands/status.ts";
import { addTop } from "./commands/top.ts";
import { addTree } from "./commands/tree.ts";
import { addVersion } from "./commands/version.ts";
import { addWait } from "./commands/wait.ts";
import { addWhy } from "./commands/why.ts";
import { addWorkflow } from "./commands/workflow.ts";
import { exitCodeHelp } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type Style, styleOf } from "./output/style.ts";
import { versionOfThis } from "./version.ts";

type AddCommands = (program: Command, io: Io) => void;

/** Under these headings `--help` lists the commands, the common ones first. */
const groups: readonly (readonly [string, readonly AddCommands[]])[] = [
  ["Server", [addLaunch, addDemo]],
  ["Applications", [addDeploy, addPlan, addApply, addApp, addTree, addWait]],
  ["Entities", [addEntity, addSensor, addEffector, addWorkflow, addPolicy]],
  ["Looking around", [addStatus, addTop, addLogs, addExec, addWhy, addActivity, addEvents, addLocation, addCatalog, addList, addVersion, addDoctor]],
  ["This command line", [addContext, addLogin, addCompletion]],
];

/** Commander's errors as ours look: `error: unknown command 'x'\n(Did you mean y?)`. */
function usageError(text: string, { red, dim }: Style): string {
  const [, first = text, rest = ""] = /^error: ([^\n]*)\n?([^]*)$/.exec(text) ?? [];
  const remedy = rest.trim().replace(/^\((.*)\)$/, "$1");
  return `${red("Error:")} ${first.charAt(0).toUpperCase()}${first.slice(1)}\n${dim("Try:")} ${remedy === "" ? "--help shows what it takes" : remedy}\n`;
}

/** The whole command line. */
export function createProgram(io: Io): Command {
  const program = new Command("clocker")
    .description("Turns machines into one Docker cloud, and deploys and manages applications on it")
    .version(versionOfThis(), "-V, --version", "show the version of this command line")
    .helpCommand("help [command]", "show what a command does")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => Math.min(100, io.stdout.columns ?? 100),
      getErrHelpWidth: () => Math.min(100, io.stderr.columns ?? 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(usageError(text, styleOf(io))),
    })
    .addHelpText("after", `\nExit codes:\n${exitCodeHelp.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join("\n")}`);
  for (const [heading, commands] of groups) {
    program.commandsGroup(`${heading}:`);
    for (const add of commands) add(program, io);
  }
  return program;
}
