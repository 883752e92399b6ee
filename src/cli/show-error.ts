import { messageOf, remedyOf } from "../model/errors.ts";
import { CliError } from "./exit-codes.ts";
import { type Io, say } from "./io.ts";
import { safe, styleOf } from "./output/style.ts";

/** What failed, why, and what to try. */
export function showError(error: unknown, io: Io): void {
  const style = styleOf(io);
  const remedy = error instanceof CliError ? error.remedy : remedyOf(error);
  say(io, `${style.red("Error:")} ${safe(messageOf(error))}`);
  if (remedy !== undefined) say(io, `${style.dim("Try:")} ${safe(remedy).replaceAll("\n", "\n     ")}`);
  if (io.env["CLOCKER_DEBUG"] && error instanceof Error) say(io, error.stack);
}
