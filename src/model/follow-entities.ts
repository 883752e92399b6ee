import type { Entity } from "./entity.ts";

/** Told of the members or children of an entity: of those it has now, and as they come and go. */
export interface Follower {
  added(entity: Entity, isNew: boolean): void;
  removed(entity: Entity): void;
}

/** Follows the members or the children of an entity. Returns the way to stop. */
export function followEntities(owner: Entity, which: "members" | "children", follower: Follower): () => void {
  const stop = owner.management.events.subscribeEntity(owner.id, (event) => {
    if (which === "members") {
      if (event.kind === "member-added" && event.entity === owner) follower.added(event.member, true);
      if (event.kind === "member-removed" && event.entity === owner) follower.removed(event.member);
    } else if (event.kind === "entity-added" || event.kind === "entity-removed") {
      if (event.entity.parent !== owner) return;
      if (event.kind === "entity-added") follower.added(event.entity, true);
      else follower.removed(event.entity);
    }
  });
  for (const entity of which === "members" ? [...owner.members.values()] : [...owner.children]) follower.added(entity, false);
  return stop;
}

/** Ends all of these, once. */
export function together(stops: readonly (() => void)[]): () => void {
  const left = [...stops];
  return () => {
    for (const stop of left.splice(0)) stop();
  };
}
