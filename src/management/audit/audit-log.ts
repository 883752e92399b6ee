import { createHash } from "node:crypto";
import type { Clock } from "../../model/clock.ts";
import type { Documents } from "../../model/management.ts";
import type { Json, JsonObject } from "../../model/spec.ts";

/** Kind of the documents that hold the log: one an entry. */
const AUDIT = "audit";
const MOST = 20_000;
const OLDEST = 400 * 86_400_000;

export type AuditOutcome = "initiated" | "succeeded" | "failed";

/** What is told of a change: never a value that could be a secret. */
export interface AuditFacts {
  /** Who: a user, `anonymous` where nobody signs in, or `policy NAME`. */
  readonly user: string;
  /** `POST /v1/applications`, or what a policy's task is called. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** The number of the entry that began it, for its outcome. */
  readonly of?: number;
  readonly path?: string;
  readonly entityId?: string;
  readonly entityName?: string;
  readonly taskId?: string;
  /** Where the request came from. */
  readonly address?: string;
  readonly details?: JsonObject;
  readonly message?: string;
}

export interface AuditEntry extends AuditFacts {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** SHA-256 of the entry before and of this one: nobody can change or take out an entry without all later ones being wrong. */
  readonly hash: string;
  readonly previous: string;
}

export interface AuditFilter {
  readonly user?: string | undefined;
  readonly entity?: string | undefined;
  /** Text that occurs in the action, in any case. */
  readonly action?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only entries with a lower number: to page back. */
  readonly before?: number | undefined;
}

/** Who changed what and when: append-only, durable with the change itself, bounded by number and age. */
export class AuditLog {
  readonly #documents: Documents;
  readonly #clock: Pick<Clock, "now">;
  readonly #most: number;
  #entries: AuditEntry[];

  constructor(documents: Documents, clock: Pick<Clock, "now">, most = MOST) {
    this.#documents = documents;
    this.#clock = clock;
    this.#most = most;
    this.#entries = [...documents.all(AUDIT).values()].map(entryOf).sort((a, b) => a.number - b.number);
  }

  /** Appends; durable with the next flush. Returns the entry's number. */
  append(facts: AuditFacts): number {
    const last = this.#entries.at(-1);
    const previous = last?.hash ?? "";
    const content = { ...facts, number: (last?.number ?? 0) + 1, at: this.#clock.now() };
    const entry: AuditEntry = { ...content, previous, hash: hashOf(previous, content) };
    this.#entries.push(entry);
    this.#documents.put(AUDIT, idOf(entry), documentOf(entry));
    this.#trim();
    return entry.number;
  }

  /** Newest first. */
  find(filter: AuditFilter, limit: number): AuditEntry[] {
    const found: AuditEntry[] = [];
    for (let index = this.#entries.length - 1; index >= 0 && found.length < limit; index--) {
      const entry = this.#entries[index];
      if (entry !== undefined && accepts(entry, filter)) found.push(entry);
    }
    return found;
  }

  /** Whether the chain of what is kept is whole; else the number of the first entry that is not what it was. */
  verify(): { entries: number; brokenAt: number | undefined } {
    let previous = this.#entries[0]?.previous ?? "";
    let number = this.#entries[0]?.number ?? 1;
    for (const { hash, previous: told, ...content } of this.#entries) {
      if (told !== previous || content.number !== number || hash !== hashOf(previous, content)) return { entries: this.#entries.length, brokenAt: content.number };
      previous = hash;
      number++;
    }
    return { entries: this.#entries.length, brokenAt: undefined };
  }

  #trim(): void {
    const oldest = this.#clock.now() - OLDEST;
    // Some at a time, so that appending costs the same however many there are.
    const isTooLong = this.#entries.length > this.#most + Math.ceil(this.#most / 10);
    const isTooOld = (this.#entries[0]?.at ?? Infinity) < oldest;
    if (!isTooLong && !isTooOld) return;
    const first = Math.max(isTooLong ? this.#entries.length - this.#most : 0, this.#entries.findIndex(({ at }) => at >= oldest));
    for (const entry of this.#entries.slice(0, first)) this.#documents.remove(AUDIT, idOf(entry));
    this.#entries = this.#entries.slice(first);
  }
}

function accepts(entry: AuditEntry, { user, entity, action, outcome, since = 0, until = Infinity, before = Infinity }: AuditFilter): boolean {
  if (entry.number >= before || entry.at < since || entry.at > until) return false;
  if (user !== undefined && entry.user !== user) return false;
  if (entity !== undefined && entry.entityId !== entity && entry.entityName !== entity) return false;
  if (outcome !== undefined && entry.outcome !== outcome) return false;
  return action === undefined || entry.action.toLowerCase().includes(action.toLowerCase());
}

function idOf({ number }: AuditEntry): string {
  return String(number).padStart(12, "0");
}

function hashOf(previous: string, content: object): string {
  const fields = Object.entries(content).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(previous).update("\n").update(JSON.stringify(fields)).digest("hex");
}

function documentOf(entry: AuditEntry): JsonObject {
  return Object.fromEntries(Object.entries(entry).filter((field): field is [string, Json] => field[1] !== undefined));
}

/** What `documentOf` wrote; anything else shows when the chain is verified. */
function entryOf(data: JsonObject): AuditEntry {
  const text = (name: string) => (typeof data[name] === "string" ? data[name] : "");
  const count = (name: string) => (typeof data[name] === "number" ? data[name] : 0);
  const optional = ["path", "entityId", "entityName", "taskId", "address", "message"].filter((name) => typeof data[name] === "string");
  const { details, of, outcome } = data;
  return {
    ...Object.fromEntries(optional.map((name) => [name, text(name)])),
    ...(typeof of === "number" ? { of } : {}),
    ...(typeof details === "object" && details !== null && !Array.isArray(details) ? { details } : {}),
    user: text("user"),
    action: text("action"),
    outcome: outcome === "succeeded" || outcome === "failed" ? outcome : "initiated",
    number: count("number"),
    at: count("at"),
    hash: text("hash"),
    previous: text("previous"),
  };
}
