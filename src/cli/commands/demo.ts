import type { Command } from "commander";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";

interface DemoFlags {
  exit?: boolean;
  hosts: string;
  json?: boolean;
}

/** Most hosts that the demonstration makes on one computer. */
const MOST_HOSTS = 16;

export function addDemo(program: Command, io: Io): void {
  program
    .command("demo")
    .summary("see it work: a Docker cloud on this computer, with a web application in it")
    .description("Starts a server of its own, makes Docker hosts on this computer, turns them into a cloud, deploys Tomcat to it and fetches a page from it. Ends with Ctrl-C, removing all that it made.")
    .option("--exit", "remove everything and end when it worked")
    .option("--hosts <number>", "Docker hosts to make", "2")
    .option("--json", "a summary for programs as the last line")
    .addHelpText("after", "\nExamples:\n  clocker demo\n  clocker demo --exit --json")
    .action(async (flags: DemoFlags) => {
      const hosts = Number(flags.hosts);
      if (!Number.isInteger(hosts) || hosts < 1 || hosts > MOST_HOSTS) throw new CliError(exitCodes.usage, `Cannot make "${flags.hosts}" hosts: expected a number from 1 to ${MOST_HOSTS}`);
      const { runDemo } = await import("../demo/run-demo.ts");
      await runDemo({ hosts, exits: flags.exit === true, json: flags.json === true }, io);
    });
}
