import { Command } from "commander";
import { addDemo } from "./commands/demo.ts";
import { addLaunch } from "./commands/launch.ts";
import { exitCodeHelp } from "./exit-codes.ts";
import { type Io } from "./io.ts";
import { styleOf } from "./output/style.ts";
import { versionOfThis } from "./version.ts";

const commands: readonly ((program: Command, io: Io) => void)[] = [addLaunch, addDemo];

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
      outputError: (text, write) => write(styleOf(io).red(text)),
    })
    .addHelpText("after", `\nExit codes:\n${exitCodeHelp.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join("\n")}`);
  for (const add of commands) add(program, io);
  return program;
}
