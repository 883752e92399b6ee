import { stripVTControlCharacters } from "node:util";
import { safe } from "./style.ts";

// oxlint-disable-next-line no-control-regex -- Control characters are what it is about.
const COLOUR = /(\u001B\[[\d;]*m)/;

/** Text from elsewhere with its colours where they are wanted, and without anything else that moves a terminal's cursor. */
export function coloured(text: string, isColourful: boolean): string {
  if (!text.includes("\u001B")) return safe(text);
  if (!isColourful) return safe(stripVTControlCharacters(text));
  const parts = text.split(COLOUR).map((part, index) => (index % 2 === 1 ? part : safe(stripVTControlCharacters(part))));
  return parts.length > 1 ? `${parts.join("")}\u001B[0m` : parts.join("");
}
