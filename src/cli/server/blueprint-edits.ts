import { isMap, parseDocument } from "yaml";
import { CliError, exitCodes } from "../exit-codes.ts";

/**
 * A blueprint with the location that the command line gives, where it names none of its own. Everything else stays as it was written.
 */
export function withLocation(text: string, location: string | undefined): string {
  if (location === undefined) return text;
  const document = parseDocument(text);
  // The server says what is wrong with it, with line and column.
  if (document.errors.length > 0 || !isMap(document.contents)) return text;
  if (document.has("location") || document.has("locations")) return text;
  document.set("location", location);
  return String(document);
}

/** A blueprint whose first service has these config keys, whatever it said. */
export function withServiceConfig(text: string, config: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(text);
  if (!document.hasIn(["services", 0])) throw new CliError(exitCodes.usage, "Cannot configure the blueprint: it has no service");
  for (const [name, value] of Object.entries(config)) document.setIn(["services", 0, "brooklyn.config", name], value);
  return String(document);
}
