import { messageOf, remedyOf } from "../model/errors.ts";
import { CliError } from "./exit-codes.ts";
import { type Io, say } from "./io.ts";
import { safe, styleOf } from "./output/style.ts";

/** What failed, why, and what to try. */
export function showError(error: unknown, io: Io): void {
  const style = styleOf(io);
  const remedy = error instanceof CliError ? error.remedy : remedyOf(error);
  // Ours says all that is to say; causes are for CLOCKER_DEBUG.
  const message = error instanceof CliError ? error.message : messageOf(error);
  say(io, `${style.red("Error:")} ${safe(message)}`);
  if (remedy !== undefined) say(io, `${style.dim("Try:")} ${safe(remedy).replaceAll("\n", "\n     ")}`);
  if (io.env["CLOCKER_DEBUG"] && error instanceof Error) say(io, error.stack);
}
