import { CommanderError } from "commander";
import { brooklynSpelling } from "./brooklyn-spelling.ts";
import { CliError, ExitWith, exitCodeOfError, exitCodes } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { createProgram } from "./program.ts";
import { withCommandApart, withoutScopes } from "./scopes.ts";
import { showError } from "./show-error.ts";

/** Runs the command line with these arguments; gives the exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const program = createProgram(io);
  try {
    // What is completed stands as it was typed.
    const spelled = args[0] === "__complete" ? ["__complete", "--", ...args.slice(1)] : withCommandApart(withoutScopes(brooklynSpelling(args)));
    await program.parseAsync(spelled, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof ExitWith) return error.code;
    if (io.signal.aborted && !(error instanceof CliError)) return exitCodes.interrupted;
    if (!(error instanceof CliError && error.isSilent)) showError(error, io);
    return exitCodeOfError(error);
  }
}
