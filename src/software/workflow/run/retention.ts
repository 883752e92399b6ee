import { ClockerError } from "../../../model/errors.ts";
import { types } from "../../../model/types/index.ts";

/** Runs of one kind that are kept when nothing else is said, as in Brooklyn. */
const BY_DEFAULT = 3;

/** How long runs are kept after they ended: how many of those with the same hash, and for how long. */
export interface Retention {
  /** As it was written. */
  readonly text: string;
  /** What counts together; the workflow's name when absent. May hold `${...}`. */
  readonly hash: string | undefined;
  readonly keep: Keep;
}

/** Whether a run is kept, which so many of its kind ended after, `age` milliseconds ago. Undefined: what surrounds it says. */
export type Keep = ((rank: number, age: number) => boolean) | "parent" | "context" | "disabled";

export const systemRetention: Retention = { text: "system", hash: undefined, keep: (rank) => rank < BY_DEFAULT };

/** The property of the server that says what is kept when nothing else is said. */
export const RETENTION_DEFAULT = "workflow.retention.default";

/** @param property the server's; one that can't be read counts as none */
export function defaultRetention(property: string | undefined): Retention {
  if (property === undefined) return systemRetention;
  try {
    return readRetention(property, `property ${RETENTION_DEFAULT}`);
  } catch {
    return systemRetention;
  }
}

/**
 * Reads `3`, `24h`, `forever`, `disabled`, `parent`, `system`, `context`, `min(2, 1h)`, `max(24h, 5)`, each with ` hash NAME` after it or `hash NAME` alone
 * (Brooklyn's `WorkflowRetentionParser`).
 * @throws ClockerError `invalid-blueprint`
 */
export function readRetention(text: string, subject: string, context: Retention = systemRetention): Retention {
  const [, value = "", hash] = /^\s*(.*?)\s*(?:\bhash\s+(.+?))?\s*$/s.exec(text) ?? [];
  if (value === "" && hash === undefined) throw unreadable(text, subject);
  if (value.toLowerCase() === "disabled") return { text, hash, keep: "disabled" };
  if (value === "" || value.toLowerCase() === "context") return { text, hash: hash ?? context.hash, keep: context.keep };
  if (value.toLowerCase() === "parent") return { text, hash, keep: "parent" };
  return { text, hash, keep: readKeep(value, { text, subject, context }) };
}

interface Reading {
  readonly text: string;
  readonly subject: string;
  readonly context: Retention;
}

function readKeep(value: string, reading: Reading): (rank: number, age: number) => boolean {
  const [, word, inner] = /^(min|max|any|all)\s*\((.*)\)$/is.exec(value) ?? [];
  if (word !== undefined && inner !== undefined) {
    const parts = partsOf(inner).map((part) => readKeep(part, reading));
    const isMin = ["min", "all"].includes(word.toLowerCase());
    return (rank, age) => (isMin ? parts.every((keep) => keep(rank, age)) : parts.some((keep) => keep(rank, age)));
  }
  const lower = value.trim().toLowerCase();
  if (lower === "forever") return () => true;
  if (["system", "parent", "context"].includes(lower)) return lower === "context" && typeof reading.context.keep === "function" ? reading.context.keep : byDefault;
  if (/^\d+$/.test(lower)) return (rank) => rank < Number(lower);
  try {
    const longest = types.duration.coerce(value.trim());
    return (_rank, age) => age <= longest;
  } catch {
    throw unreadable(reading.text, reading.subject);
  }
}

const byDefault = (rank: number): boolean => rank < BY_DEFAULT;

/** What stands between the commas that are in no further parentheses. */
function partsOf(text: string): string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

function unreadable(text: string, subject: string): ClockerError {
  return new ClockerError("invalid-blueprint", `Cannot read ${subject}: "retention" cannot be "${text}"`, { remedy: "It is a number, a duration, forever, disabled, parent, system, context, min(...) or max(...), each with an optional hash NAME" });
}
