import type { EntitySpec, JsonObject } from "./spec.ts";

/** Documents that say, by entity id, what an entity was made from: what a change of its blueprint is compared with. */
export const MADE_FROM = "made-from";

/** A spec without its children, which have records of their own. */
export type OwnSpec = Omit<EntitySpec, "children">;

export interface MadeFrom {
  readonly spec: OwnSpec;
  /** Whether its cluster made it. */
  readonly isMember?: boolean;
  /** What it was being changed to when the change was cut off. */
  readonly target?: OwnSpec;
  /** Whether it is still being added: until it is up, nobody can count on it. */
  readonly isUnfinished?: boolean;
  /** Id of the entity whose place it is to take, as long as it has not. */
  readonly replaces?: string;
  /** Id of the entity that took its place: it is to go. */
  readonly replacedBy?: string;
}

/** The record of a member of a cluster: the whole spec, for members are replaced as a whole. */
export function memberRecord(spec: EntitySpec): JsonObject {
  // A spec is plain JSON by its definition; its interface only lacks an index signature.
  return { spec, isMember: true } as unknown as JsonObject;
}
