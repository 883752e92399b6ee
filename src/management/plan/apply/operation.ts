import type { Entity } from "../../../model/entity.ts";
import type { Work } from "../../../model/work.ts";
import type { Plane } from "../../plane.ts";
import type { GateOptions } from "./gate.ts";

/** A piece of a change, with the way back. */
export interface Operation {
  /** For the task: `replace web`. */
  readonly title: string;
  readonly entity: Entity | undefined;
  run(work: Work): Promise<void>;
  /** What is left to do when all that uses the entity has changed. */
  finish(work: Work): Promise<void>;
  /** Makes what ran before run again, wherever `run` had come to. Called after all config was put back. */
  undo(work: Work): Promise<void>;
  /** What is left to do when all has been undone. */
  finishUndo(work: Work): Promise<void>;
}

export interface ChangeContext {
  readonly plane: Plane;
  readonly gate: GateOptions;
  /** How many at once. */
  readonly parallel: number;
  /** Told an entity that took another's place: what uses it by expressions resolves them again. */
  readonly replaced: (old: Entity, by: Entity) => void;
}

/** Nothing: for operations that have no such part. */
export async function nothing(): Promise<void> {}
