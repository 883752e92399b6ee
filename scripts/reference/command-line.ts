import type { Command } from "commander";
import { Readable } from "node:stream";
import { createProgram } from "../../src/cli/program.ts";
import { type Page, paragraphs } from "./page.ts";

const WIDTH = 100;

/** The help of every command, as `clocker help` shows it. */
export function commandLinePage(): Page {
  const out = { write: () => true, isTTY: false, columns: WIDTH };
  const program = createProgram({ stdout: out, stderr: out, stdin: Readable.from([]), env: {}, home: "~", signal: new AbortController().signal });
  return {
    file: "command-line.md",
    title: "Command line",
    summary: "every command of `clocker`, as `clocker help` shows it",
    body: paragraphs("`./clocker` in the project's folder, or `clocker` when it is on the path.", ...sections(program, [])),
  };
}

function sections(command: Command, above: readonly string[]): string[] {
  const names = [...above, command.name()];
  const own = paragraphs(`${"#".repeat(Math.min(names.length + 1, 4))} ${names.join(" ")}`, `\`\`\`text\n${helpOf(command)}\n\`\`\``);
  const visible = command.createHelp().visibleCommands(command);
  return [own, ...visible.filter((each) => each.name() !== "help").flatMap((each) => sections(each, names))];
}

/** With what was added before and after it. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (chunk) => void (text += chunk), getOutHelpWidth: () => WIDTH, getOutHasColors: () => false });
  command.outputHelp();
  return text.trim();
}
