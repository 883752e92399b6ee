import type { Adjunct, AdjunctType } from "../model/adjunct.ts";
import { type Settings, withSettings } from "../model/adjunct-settings.ts";
import type { ConfigKey } from "../model/config-key.ts";
import type { Entity } from "../model/entity.ts";
import { ClockerError } from "../model/errors.ts";
import { operationOn } from "../model/operator.ts";
import { expectedState, isStoppingOrStopped } from "../model/service-state.ts";

export interface PolicyDefinition {
  /** Under `org.apache.brooklyn.policy`: `ha.ServiceRestarter`; or a full name that begins with `org.`. */
  readonly name: string;
  readonly kind?: AdjunctType["kind"];
  readonly displayName: string;
  readonly description: string;
  readonly aliases?: readonly string[];
  readonly config: readonly ConfigKey[];
  /** Keys whose expressions are resolved when they are used. */
  readonly unresolved?: readonly ConfigKey[];
  /** Begins its work; what it returns ends it. */
  readonly begin: (settings: Settings) => () => void;
}

/** A policy of `org.apache.brooklyn.policy`, once `brooklyn.policy`. */
export function policy({ name, kind = "policy", displayName, description, aliases = [], config, unresolved = [], begin }: PolicyDefinition): AdjunctType {
  const isFull = name.startsWith("org.");
  return {
    name: isFull ? name : `org.apache.brooklyn.policy.${name}`,
    kind,
    displayName,
    description,
    aliases: [...(isFull ? [] : [`brooklyn.policy.${name}`]), ...aliases],
    config,
    attach: (adjunct) => withSettings(adjunct, begin, unresolved),
  };
}

/**
 * Whether policies may act on an entity: not while it is, or what it belongs to is being, stopped (apache/brooklyn-server#829).
 * Starting what is stopped is not against anybody: `effector` is what is to be done.
 */
export function mayAct(entity: Entity, effector?: string): boolean {
  if (!entity.isManaged) return false;
  if (isStoppingOrStopped(entity) && !(effector === "start" && expectedState(entity) === "STOPPED")) return false;
  for (let above = entity.parent; above !== undefined; above = above.parent) if (expectedState(above) === "STOPPING") return false;
  return true;
}

/**
 * What keeps a policy from acting on an entity: that it is to stop, or that an operator's task runs on it. In the second case both are told of the
 * other: the policy in its highlight, the operator in the task. Undefined when nothing does.
 */
export function hindrance(adjunct: Adjunct, entity: Entity, wanted: string, effector?: string): string | undefined {
  if (!mayAct(entity, effector)) return "for the entity is to stop";
  const operation = operationOn(entity);
  if (operation === undefined) return undefined;
  operation.work.log(`Policy "${adjunct.displayName}" wanted to ${wanted}, and waits until this has ended`);
  return `for an operator's task runs on it: ${operation.name}`;
}

/** @throws ClockerError `invalid-value` when the policy's entity has no such effector. */
export function requireEffector({ entity, displayName }: Adjunct, name: string): void {
  if (entity.effector(name) !== undefined) return;
  throw new ClockerError("invalid-value", `Cannot attach "${displayName}" to "${entity.displayName}": it has no effector "${name}"`);
}
