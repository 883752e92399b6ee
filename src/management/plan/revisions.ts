import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { JsonObject } from "../../model/spec.ts";
import type { Plane } from "../plane.ts";

const REVISIONS = "revisions";
const TEXTS = "revision-text";
/** Of an application; the oldest go first, but never the one that holds. */
const MOST_REVISIONS = 25;

/** `applying` without a task that applies it: the server ended meanwhile. */
export const outcomes = ["applying", "applied", "failed", "rolled back", "interrupted"] as const;
export type RevisionOutcome = (typeof outcomes)[number];

/** A blueprint that an application was deployed from or changed to. */
export interface Revision {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  readonly note?: string;
  readonly outcome: RevisionOutcome;
  /** What went wrong. */
  readonly message?: string;
  /** `1 replaced, 2 added`. */
  readonly changes: string;
  /** The revision whose blueprint it went back to. */
  readonly of?: number;
}

/** The blueprints of applications, each with number, time and author: what can be gone back to. */
export class Revisions {
  readonly #plane: Plane;

  constructor(plane: Plane) {
    this.#plane = plane;
    plane.events.subscribe((event) => {
      if (event.kind === "entity-removed" && event.entity.parent === undefined) this.#forget(event.entity.id);
    });
  }

  /** In order of number. */
  of(application: Pick<Entity, "id">): Revision[] {
    const items = this.#plane.documents.get(REVISIONS, application.id)?.["items"];
    // Written by `#write`.
    return Array.isArray(items) ? (items as unknown as Revision[]) : [];
  }

  /** The one that the application runs by. */
  current(application: Pick<Entity, "id">): Revision | undefined {
    return this.of(application).findLast(({ outcome }) => outcome === "applied");
  }

  /** Notes a new one with its blueprint. */
  add(application: Pick<Entity, "id">, text: string, facts: Omit<Revision, "number" | "at">): Revision {
    const known = this.of(application);
    const revision: Revision = { number: (known.at(-1)?.number ?? 0) + 1, at: this.#plane.clock.now(), ...facts };
    this.#plane.documents.put(TEXTS, textId(application, revision.number), { contents: text });
    this.#write(application, [...known, revision]);
    return revision;
  }

  end(application: Pick<Entity, "id">, number: number, outcome: RevisionOutcome, message?: string): void {
    const items = this.of(application).map((each) => (each.number === number ? { ...each, outcome, ...(message === undefined ? {} : { message }) } : each));
    this.#write(application, items);
  }

  /** Its blueprint. @throws ClockerError `not-found` */
  text(application: Pick<Entity, "id" | "displayName">, number: number): string {
    const contents = this.#plane.documents.get(TEXTS, textId(application, number))?.["contents"];
    if (typeof contents === "string") return contents;
    const known = this.of(application).map((each) => each.number);
    throw new ClockerError("not-found", `"${application.displayName}" has no revision ${number}`, { remedy: known.length === 0 ? "It was deployed by an earlier release: apply a blueprint first" : `There are ${known.join(", ")}` });
  }

  #write(application: Pick<Entity, "id">, items: readonly Revision[]): void {
    const current = items.findLast(({ outcome }) => outcome === "applied");
    const kept = items.filter((each, index) => each === current || index >= items.length - MOST_REVISIONS);
    for (const each of items) if (!kept.includes(each)) this.#plane.documents.remove(TEXTS, textId(application, each.number));
    // Revisions are JSON: what is undefined is left out.
    this.#plane.documents.put(REVISIONS, application.id, JSON.parse(JSON.stringify({ items: kept })) as JsonObject);
  }

  #forget(id: string): void {
    for (const { number } of this.of({ id })) this.#plane.documents.remove(TEXTS, textId({ id }, number));
    this.#plane.documents.remove(REVISIONS, id);
  }
}

function textId({ id }: Pick<Entity, "id">, number: number): string {
  return `${id} ${number}`;
}
