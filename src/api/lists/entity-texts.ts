import { setImmediate } from "node:timers/promises";
import type { Entity } from "../../model/entity.ts";

/** Milliseconds of work after which other requests have their turn. */
const SLICE = 4;

/**
 * The JSON text of entities as one kind of list shows them, kept until the entity says otherwise. It depends on the entity alone, never on who asks:
 * permissions are checked before.
 */
export class EntityTexts {
  readonly #shape: (entity: Entity) => unknown;
  readonly #texts = new Map<Entity, string>();

  constructor(shape: (entity: Entity) => unknown) {
    this.#shape = shape;
  }

  of(entity: Entity): string {
    let text = this.#texts.get(entity);
    if (text === undefined) {
      text = JSON.stringify(this.#shape(entity));
      // What has left management tells no more changes, and nobody would forget it.
      if (entity.isManaged) this.#texts.set(entity, text);
    }
    return text;
  }

  forget(entity: Entity): void {
    this.#texts.delete(entity);
  }
}

/** Does something with each, and lets other requests have their turn every few milliseconds. @param items nobody else's, so that it stays as it is */
export async function inSlices<T>(items: readonly T[], work: (item: T) => unknown): Promise<void> {
  let until = performance.now() + SLICE;
  let done = 0;
  for (const item of items) {
    work(item);
    // Looking at the clock costs about as much as one of them.
    if (++done % 16 !== 0 || performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + SLICE;
  }
}
