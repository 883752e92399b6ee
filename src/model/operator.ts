import type { Entity } from "./entity.ts";
import type { Work } from "./work.ts";

/** What an operator has asked to be done with an entity, while it runs. */
export interface Operation {
  /** `Invoking effector restart on web`. */
  readonly name: string;
  readonly work: Work;
}

interface Operated {
  readonly running: Set<Operation>;
  readonly listeners: Set<() => void>;
}

const operated = new WeakMap<Entity, Operated>();

/** Runs what an operator asked for: while it runs, policies leave the entity alone (see `mayAct`). */
export async function operating<T>(entity: Entity, operation: Operation, body: () => Promise<T>): Promise<T> {
  const state = stateOf(entity);
  state.running.add(operation);
  try {
    return await body();
  } finally {
    state.running.delete(operation);
    if (state.running.size === 0) for (const listener of [...state.listeners]) listener();
  }
}

/** What operators have running on the entity itself; undefined when nothing. */
export function operationOn(entity: Entity): Operation | undefined {
  const [first] = operated.get(entity)?.running ?? [];
  return first;
}

/** Told each time that the last of the operators' tasks on an entity has ended. Returns the way to stop. */
export function onLeftAlone(entity: Entity, listener: () => void): () => void {
  const { listeners } = stateOf(entity);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function stateOf(entity: Entity): Operated {
  let state = operated.get(entity);
  if (state === undefined) operated.set(entity, (state = { running: new Set(), listeners: new Set() }));
  return state;
}
