import type { Entity } from "../entity.ts";
import type { Subject } from "./subject.ts";
import type { Relation } from "./targets.ts";

/** How a predicate compares text with a pattern: the whole text, `.` matching line ends too. Patterns come from users, so it should be bounded. */
export type MatchesWhole = (text: string, pattern: string) => boolean;

/** A predicate within a predicate. */
export interface Node {
  /** On a value: goes to the target first. */
  test(value: unknown, entity: Entity | undefined): boolean;
  /** On what was found, or not. */
  testSubject(subject: Subject, entity: Entity | undefined): boolean;
}

/** What reading a predicate needs, and gathers on the way. */
export interface Reading {
  readonly matches: MatchesWhole;
  readonly sensors: Set<string>;
  readonly relations: Set<Relation>;
  /** Reads a predicate within. */
  readonly read: (raw: unknown) => Node;
}
