import type { Entity } from "../../model/entity.ts";
import type { Relation } from "../../model/predicate/targets.ts";
import { ancestorsOf } from "../../model/predicate/targets.ts";

export interface TreeWatcher {
  /** An entity below the root came, or something about it changed. */
  look(entity: Entity): void;
  /** It has gone. */
  gone(entity: Entity): void;
}

/**
 * Tells of every entity of a tree, the root included: first of those that are there, then as they come, change and go. Changes are those of the entity's
 * record (name, tags, config, locations), of its members, and of the sensors given. Each entity is listened to by itself, so that an event costs
 * nothing to who did not ask for it. Returns the way to stop.
 * @param relations whose changes matter to an entity beside its own
 */
export function watchTree(root: Entity, sensors: ReadonlySet<string>, relations: ReadonlySet<Relation>, watcher: TreeWatcher): () => void {
  const { events } = root.management;
  const stops = new Map<string, () => void>();
  const changed = (entity: Entity): void => {
    for (const each of touchedBy(entity, relations)) if (stops.has(each.id)) watcher.look(each);
  };
  const leave = (entity: Entity): void => {
    stops.get(entity.id)?.();
    if (stops.delete(entity.id)) watcher.gone(entity);
  };
  const enter = (entity: Entity): void => {
    if (stops.has(entity.id)) return;
    const unsubscribe = [
      events.subscribeEntity(entity.id, (event) => {
        if (event.kind === "entity-added" && event.entity.parent === entity) enter(event.entity);
        else if (event.kind === "entity-removed" && event.entity === entity) leave(entity);
        else if (event.kind === "entity-removed" && relations.size > 0) changed(entity);
        else if (event.kind === "entity-changed") changed(entity);
        else if (event.kind === "member-added" || event.kind === "member-removed") if (relations.size > 0) changed(event.member);
      }),
      ...[...sensors].map((name) => events.subscribeSensor(entity.id, name, () => changed(entity))),
    ];
    stops.set(entity.id, () => unsubscribe.forEach((stop) => stop()));
    for (const child of entity.children) enter(child);
    changed(entity);
  };
  enter(root);
  return () => {
    for (const stop of stops.values()) stop();
    stops.clear();
  };
}

/** The entities whose predicates may see a change of this one. */
function touchedBy(entity: Entity, relations: ReadonlySet<Relation>): Set<Entity> {
  const touched = new Set([entity]);
  for (const relation of relations) for (const each of seers(entity, relation)) touched.add(each);
  return touched;
}

/** Those to whom the entity stands in the relation. */
function seers(entity: Entity, relation: Relation): Iterable<Entity> {
  switch (relation) {
    case "parent":
      return entity.children;
    case "children":
      return entity.parent === undefined ? [] : [entity.parent];
    case "siblings":
      return entity.parent?.children ?? [];
    case "members":
      return entity.groups.values();
    case "groups":
      return entity.members.values();
    case "application":
    case "ancestors":
    // What an entity has no location of its own for, it has from above.
    case "locations":
      return entity.descendants();
    case "descendants":
      return ancestorsOf(entity);
    case "self":
    case "tags":
      return [];
  }
}
