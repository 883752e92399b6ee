import { links } from "../../api/shapes/links.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { ClientFlags } from "./client-command.ts";

/** The application that the flags mean. */
export function appOf({ app }: ClientFlags): string {
  if (app !== undefined) return app;
  throw new CliError(exitCodes.usage, "Which application?", { remedy: "Name it with --app NAME; clocker app lists them" });
}

/** The path of the entity that the flags mean; the application itself when none is named. */
export function entityPath(flags: ClientFlags): string {
  const app = appOf(flags);
  return links.entity(app, flags.entity ?? app);
}
