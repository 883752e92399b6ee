import { PassThrough } from "node:stream";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { withoutScopes } from "./scopes.ts";
import { createProgram } from "./program.ts";

const quiet = { write: () => true };
const newProgram = (): Command => createProgram({ stdout: quiet, stderr: quiet, stdin: new PassThrough(), env: {}, home: "/nowhere", signal: new AbortController().signal });

/** Every command that can be run, with the words that name it. */
function commands(command: Command, above: readonly string[]): [string, Command][] {
  return command.createHelp().visibleCommands(command).filter((each) => each.name() !== "help").flatMap((each) => [[[...above, each.name()].join(" "), each] as [string, Command], ...commands(each, [...above, each.name()])]);
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (chunk) => void (text += chunk) });
  command.outputHelp();
  return text;
}

/** Whether what an example begins with is a command, and one of its own where it has some. */
function namesACommand(line: string): boolean {
  const [first = "", second = ""] = withoutScopes(/\bclocker (.*?)( \||$| <| >|\))/.exec(line)?.[1]?.split(/\s+/) ?? []);
  const isCalled = (word: string) => (each: Command) => each.name() === word || each.aliases().includes(word);
  const group = newProgram().commands.find(isCalled(first));
  return group !== undefined && (group.commands.length === 0 || group.commands.some(isCalled(second)));
}

const all = commands(newProgram(), []);

describe("every command", () => {
  it.each(all)("%s says what it is for, and has examples that it takes", (name, command) => {
    expect(command.summary() || command.description()).toMatch(/^.{10,}/);
    const help = helpOf(command);
    const shown = /\nExamples:\n([^]*)$/.exec(help)?.[1]?.split("\n").map((line) => line.trim()).filter((line) => line !== "") ?? [];
    expect(shown.length).toBeGreaterThan(0);
    for (const option of command.options) expect(`${name} ${option.flags}: ${option.description}`).toMatch(/: .{3,}/);
    expect(shown.filter((line) => !namesACommand(line))).toEqual([]);
  });

  it("has a name of its own", () => {
    const names = newProgram().commands.flatMap((each) => [each.name(), ...each.aliases()]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
