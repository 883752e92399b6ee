import type { Documents } from "../model/management.ts";
import type { JsonObject } from "../model/spec.ts";
import type { Persister } from "./store/persister.ts";

const EMPTY: ReadonlyMap<string, JsonObject> = new Map();

/** Documents in memory, written through the persister. */
export class PersistedDocuments implements Documents {
  readonly #kinds = new Map<string, Map<string, JsonObject>>();
  readonly #persister: Pick<Persister, "changed" | "flush">;

  constructor(persister: Pick<Persister, "changed" | "flush">) {
    this.#persister = persister;
  }

  put(kind: string, id: string, data: JsonObject): void {
    this.restore(kind, id, data);
    this.#mark(kind, id);
  }

  follow(kind: string, id: string, snapshot: () => JsonObject | undefined, options: { lazy?: boolean } = {}): void {
    this.#kinds.get(kind)?.delete(id);
    this.#persister.changed(kind, id, snapshot, options);
  }

  remove(kind: string, id: string): void {
    if (this.#kinds.get(kind)?.delete(id)) this.#mark(kind, id);
  }

  get(kind: string, id: string): JsonObject | undefined {
    return this.#kinds.get(kind)?.get(id);
  }

  all(kind: string): ReadonlyMap<string, JsonObject> {
    return this.#kinds.get(kind) ?? EMPTY;
  }

  flush(): Promise<void> {
    return this.#persister.flush();
  }

  /** Puts back a document that the store holds already. */
  restore(kind: string, id: string, data: JsonObject): void {
    const documents = this.#kinds.get(kind) ?? new Map<string, JsonObject>();
    this.#kinds.set(kind, documents);
    documents.set(id, data);
  }

  #mark(kind: string, id: string): void {
    this.#persister.changed(kind, id, () => this.#kinds.get(kind)?.get(id));
  }
}
