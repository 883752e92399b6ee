import { ClockerError } from "../../model/errors.ts";
import type { JsonObject } from "../../model/spec.ts";
import type { Change } from "./store.ts";

/** A change as stores keep it: the document as JSON text, undefined to delete. */
export interface EncodedChange {
  readonly kind: string;
  readonly id: string;
  readonly text: string | undefined;
}

/** Characters of JSON: far below the limits of SQLite (10^9 bytes) and PostgreSQL (10^9 bytes), far above any real document. */
const longestDocument = 100 * 2 ** 20;

/**
 * Checks the changes and turns them into text, so that the caller may go on changing the documents.
 * @throws ClockerError `invalid-value` with `details.kind` and `details.id`
 */
export function encodeChanges(changes: readonly Change[]): EncodedChange[] {
  return changes.map(({ kind, id, data }) => {
    checkName(kind, id);
    return { kind, id, text: data === undefined ? undefined : toText(kind, id, data) };
  });
}

/**
 * The document behind stored text.
 * @throws ClockerError `storage` when the text is not a JSON object
 */
export function decodeDocument(kind: string, id: string, text: string): JsonObject {
  try {
    const data: unknown = JSON.parse(text);
    if (isJsonObject(data)) return data;
  } catch (cause) {
    throw damaged(kind, id, cause);
  }
  throw damaged(kind, id);
}

/** Names that every database keeps as they are: no control characters, no halves of surrogate pairs. */
function checkName(kind: string, id: string): void {
  for (const part of [kind, id]) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (part === "" || part.length > 1_000 || /[\u0000-\u001f\u007f]/.test(part) || !part.isWellFormed()) {
      throw refused(kind, id, "a kind and an id are 1 to 1000 characters of well-formed text without control characters");
    }
  }
}

function toText(kind: string, id: string, data: JsonObject): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw refused(kind, id, "it is not plain JSON", cause);
  }
  // A toJSON method can make anything of an object.
  if (text === undefined || !text.startsWith("{")) throw refused(kind, id, "it is not a JSON object");
  if (text.length > longestDocument) throw refused(kind, id, `it has ${text.length} characters, at most ${longestDocument} can be stored`);
  return text;
}

function refused(kind: string, id: string, reason: string, cause?: unknown): ClockerError {
  return new ClockerError("invalid-value", `Cannot store ${kind} ${JSON.stringify(id)}: ${reason}`, { cause, details: { kind, id } });
}

function damaged(kind: string, id: string, cause?: unknown): ClockerError {
  return new ClockerError("storage", `Cannot read ${kind} ${JSON.stringify(id)}: its stored text is not a JSON object`, {
    remedy: "Restore a backup of the data directory",
    cause,
    details: { kind, id },
  });
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
