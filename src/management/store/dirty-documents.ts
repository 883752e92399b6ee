import type { JsonObject } from "../../model/spec.ts";

/** The content of a document when it is asked for; undefined when the document is no more. */
export type Snapshot = () => JsonObject | undefined;

export interface DirtyDocument {
  readonly kind: string;
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly lazy: boolean;
}

/** The documents that were marked as changed, each once, and when they are to be written. */
export class DirtyDocuments {
  readonly #urgent: Group;
  readonly #lazy: Group;

  /** The windows are milliseconds from the first mark of a group to its writing. */
  constructor(window: number, lazyWindow: number) {
    this.#urgent = { documents: new Map(), window, due: Infinity };
    this.#lazy = { documents: new Map(), window: lazyWindow, due: Infinity };
  }

  get size(): number {
    return this.#urgent.documents.size + this.#lazy.documents.size;
  }

  /** When the first document is to be written, on the clock that `mark` is given; infinity when there is none. */
  get due(): number {
    return Math.min(this.#urgent.due, this.#lazy.due);
  }

  /** The last snapshot counts, and so does the shorter window. */
  mark(document: DirtyDocument, now: number): void {
    const key = keyOf(document);
    if (document.lazy && !this.#urgent.documents.has(key)) {
      add(this.#lazy, key, document, now);
    } else {
      remove(this.#lazy, key);
      add(this.#urgent, key, document, now);
    }
  }

  /** Removes and gives the documents that are due: urgent ones first, each group in the order of marking. */
  take(now: number): DirtyDocument[] {
    return [this.#urgent, this.#lazy].flatMap((group) => (group.due <= now ? empty(group) : []));
  }

  /** Marks a document again that could not be written, unless it was marked meanwhile: due at once. */
  putBack(document: DirtyDocument): void {
    const key = keyOf(document);
    if (this.#urgent.documents.has(key) || this.#lazy.documents.has(key)) return;
    this.mark(document, -Infinity);
  }
}

interface Group {
  readonly documents: Map<string, DirtyDocument>;
  readonly window: number;
  due: number;
}

function add(group: Group, key: string, document: DirtyDocument, now: number): void {
  if (group.documents.size === 0) group.due = now + group.window;
  group.documents.set(key, document);
}

function remove(group: Group, key: string): void {
  if (group.documents.delete(key) && group.documents.size === 0) group.due = Infinity;
}

function empty(group: Group): DirtyDocument[] {
  const documents = [...group.documents.values()];
  group.documents.clear();
  group.due = Infinity;
  return documents;
}

function keyOf({ kind, id }: DirtyDocument): string {
  return `${kind}\n${id}`;
}
