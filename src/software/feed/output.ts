import { ClockerError } from "../../model/errors.ts";
import { parseStructuredText } from "../../model/types/index.ts";

/** What a command wrote: without the line break at its end. */
export function wholeText(output: string): string {
  return output.replace(/\r?\n$/, "");
}

/**
 * The map that a command wrote: JSON, or YAML where that is understood, or `key=value` lines.
 * @throws ClockerError `command-failed` when it is neither
 */
export function mapIn(output: string): Readonly<Record<string, unknown>> {
  const text = output.trim();
  if (text.startsWith("{")) {
    const parsed = parseStructuredText(text);
    if (parsed !== undefined && !Array.isArray(parsed)) return { ...parsed };
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const pairs = lines.map((line) => /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line));
  if (lines.length === 0 || pairs.includes(null)) {
    throw new ClockerError("command-failed", `Cannot read what the command wrote: it is neither a JSON object nor lines of name=value: ${JSON.stringify(text.slice(0, 200))}`);
  }
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}

/** The last YAML or JSON document of an output that has other lines before it (Brooklyn's `useLastYaml`). */
export function lastDocument(output: string): string {
  return output.split(/^---.*$/m).findLast((part) => part.trim() !== "")?.trim() ?? "";
}
