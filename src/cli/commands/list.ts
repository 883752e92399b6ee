import type { Command } from "commander";
import { nearest } from "../../model/nearest.ts";
import { listKinds } from "../brooklyn-spelling.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { examples } from "./examples.ts";

/** `list KIND` becomes the command that lists it before the command line is read (`scopes.ts`); what comes here is no kind. */
export function addList(program: Command, _io: Io): void {
  const kinds = listKinds();
  examples(program.command("list <kind>").alias("ls"), ["clocker list applications", "clocker list catalog", "clocker app Shop list entities", "clocker app Shop entity Web list sensors"])
    .summary(`list things of a kind: ${kinds.join(", ")}`)
    .description(`Lists things of a kind: ${kinds.join(", ")}; the same as the command of that name.`)
    .action((kind: string) => {
      const near = nearest(kind, kinds);
      throw new CliError(exitCodes.usage, `Cannot list "${kind}"`, { remedy: near === undefined ? `It is one of ${kinds.join(", ")}` : `Did you mean "${near}"?` });
    });
}
