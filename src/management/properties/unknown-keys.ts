import { nearest } from "../../model/nearest.ts";
import { knownKeys } from "./known-keys.ts";

/** The first parts of the names that Clocker reads; a key with another one belongs to somebody else. */
const roots = ["brooklyn", "org.apache.brooklyn"];

/** Whether a property is one that Clocker or Brooklyn reads, or belongs to somebody else. */
export function isKnownKey(key: string): boolean {
  return patterns.some((pattern) => pattern.test(key)) || (!hasRoot(key) && nearestRoot(key) === undefined);
}

/** The name that was most likely meant by an unknown key. */
export function nearestKey(key: string): string | undefined {
  const root = hasRoot(key) ? undefined : nearestRoot(key);
  const corrected = root === undefined ? key : root + key.slice(firstPart(key).length);
  if (root !== undefined && isKnownKey(corrected)) return corrected;
  // The names have their beginnings in common: only what follows is compared.
  const candidates = knownKeys.map((known) => withPartsOf(known, corrected)).map(withoutRoot);
  const found = nearest(withoutRoot(corrected), candidates);
  return found === undefined ? undefined : knownKeys.map((known) => withPartsOf(known, corrected)).find((name) => withoutRoot(name) === found);
}

const patterns = knownKeys.map((known) => new RegExp(`^${known.split("*").map((part) => RegExp.escape(part)).join(".+")}$`));

function hasRoot(key: string): boolean {
  return roots.some((root) => key.startsWith(`${root}.`));
}

/** A first part such as `brookyln`. */
function nearestRoot(key: string): string | undefined {
  return key.includes(".") ? nearest(firstPart(key), ["brooklyn"]) : undefined;
}

/** A known name with the parts that the user chose in place of its stars, when it has as many parts. */
function withPartsOf(known: string, key: string): string {
  const parts = key.split(".");
  const knownParts = known.split(".");
  if (knownParts.length !== parts.length) return known;
  return knownParts.map((part, index) => (part === "*" ? (parts[index] ?? part) : part)).join(".");
}

function withoutRoot(key: string): string {
  return key.replace(/^(?:org\.apache\.)?brooklyn\./, "");
}

function firstPart(key: string): string {
  return key.split(".", 1)[0] ?? key;
}
