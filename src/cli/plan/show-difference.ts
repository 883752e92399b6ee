import type { PlannedDifference } from "../../api/shapes/plan-summary.ts";
import { cut, oneLine } from "../output/style.ts";

/** Longer values are cut: the whole of them is in `-o json`. */
const LONGEST = 60;
/** Entries of a map that are told one by one. */
const MOST_ENTRIES = 8;

/**
 * What differs, one line a value: `svc.version 1 → 2`, of maps each entry that differs. The reason stands where it tells more than what
 * happens to the entity anyway.
 * @param effect of the whole entity
 */
export function differenceTexts(difference: PlannedDifference, effect: PlannedDifference["effect"] | undefined): string[] {
  const texts = valueTexts(difference);
  const why = whyText(difference, effect);
  return texts.map((text, index) => (index === texts.length - 1 ? `${text}${why}` : text));
}

const labels: Readonly<Partial<Record<PlannedDifference["kind"], string>>> = { parameter: "parameter ", policy: "policy ", enricher: "enricher ", initializer: "initializer ", inherited: "inherited " };

function valueTexts({ kind, key, change, from, to, reason }: PlannedDifference): string[] {
  const label = `${labels[kind] ?? ""}${key}`;
  if (kind === "reference") return [reason ?? `uses ${key}, which changes`];
  // What a new policy is configured with is for who asks for it.
  if (change !== "changed" && (kind === "policy" || kind === "enricher" || kind === "initializer")) return [`${label} ${change}`];
  if (kind === "type") return [oneValue(label, simple(from), simple(to))];
  const entries = entriesOf(from, to);
  if (entries === undefined) return [oneValue(label, from, to)];
  const shown = entries.slice(0, MOST_ENTRIES).map(([name, old, now]) => oneValue(`${label} ${name}`, old, now));
  return entries.length > shown.length ? [...shown, `${label}: ${entries.length - shown.length} more`] : shown;
}

function oneValue(label: string, from: unknown, to: unknown): string {
  const [old, now] = [valueText(from), valueText(to)];
  if (isText(from) && isText(to)) return `${label} changed (${lineCount(from)} → ${lineCount(to)} lines)`;
  if (now === undefined) return `${label} unset${old === undefined ? "" : ` (was ${old})`}`;
  return old === undefined ? `${label} = ${now}` : `${label} ${old} → ${now}`;
}

function simple(name: unknown): unknown {
  return typeof name === "string" && !name.includes(":") ? name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("$")) + 1) : name;
}

/** Of two maps, or of one and nothing, the entries that differ; undefined for anything else. */
function entriesOf(from: unknown, to: unknown): [string, unknown, unknown][] | undefined {
  const [old, now] = [from ?? {}, to ?? {}];
  if ((from === undefined && to === undefined) || !isMap(old) || !isMap(now)) return undefined;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
  const isExpression = [...Object.keys(old), ...Object.keys(now)].some((key) => key.startsWith("$brooklyn:"));
  return keys.length === 0 || isExpression ? undefined : keys.map((key) => [key, old[key], now[key]]);
}

/** Reasons that say no more than the word. */
const plain: ReadonlySet<string> = new Set(["it is read at the start"]);

function whyText({ kind, effect, reason }: PlannedDifference, whole: PlannedDifference["effect"] | undefined): string {
  if (kind === "reference") return "";
  const word = effect === whole || effect === "set" || effect === "none" || effect === "resize" ? undefined : effect === "roll" ? "members anew" : effect;
  const told = [word, reason === undefined || plain.has(reason) ? undefined : reason].filter((each) => each !== undefined);
  return told.length === 0 ? "" : ` (${told.join(": ")})`;
}

export function valueText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = oneLine(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  // Who knows the value can confirm it by the hash.
  const short = text.replaceAll(/<suppressed> \(MD5 hash prefix: ([0-9A-F]+)\)/g, "<secret $1>");
  return short === "" ? '""' : cut(short, LONGEST);
}

/** Text of several lines: a script, a file. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.trimEnd().includes("\n");
}

function lineCount(text: string): number {
  return text.trimEnd().split("\n").length;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
