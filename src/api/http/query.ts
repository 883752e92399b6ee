import { z } from "zod";

/** A flag in a query: `true`, `false`, or there without a value (which means true, as br sends `?allVersions`). */
export function flag(absent: boolean) {
  return z
    .enum(["true", "false", ""])
    .optional()
    .transform((value) => (value === undefined ? absent : value !== "false"));
}

export function count(absent: number, least = 0) {
  return z.coerce.number().int().min(least).default(absent);
}

const isIso = z.iso.datetime({ offset: true, local: true }).or(z.iso.date());

/** A moment in a query, in milliseconds: so many, or as ISO 8601 says it. */
export const moment = z
  .string()
  .refine((text) => /^\d{1,15}$/.test(text) || isIso.safeParse(text).success, "expected milliseconds since 1970, or a time such as 2026-05-01T12:00:00Z")
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)));

/** Several values: comma-separated, or a JSON list (as brooklyn-ui sends them). */
export const listParameter = z
  .string()
  .optional()
  .transform((value) => splitList(value ?? ""));

export function splitList(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    const parsed = z.array(z.union([z.string(), z.number()])).safeParse(jsonOrNothing(trimmed));
    if (parsed.success) return parsed.data.map((item) => String(item));
  }
  return trimmed
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A name filter with `*` and `?`. */
export function globFilter(globs: readonly string[]): (name: string) => boolean {
  const patterns = globs.map((glob) => new RegExp(`^${glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`, "s"));
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
