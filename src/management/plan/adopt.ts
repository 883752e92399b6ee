import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { OwnSpec } from "../../model/made-from.ts";
import { entitySpec, type EntitySpec } from "../../model/spec.ts";
import { ownSpec } from "./made-from.ts";
import { matchChildren } from "./match.ts";

/**
 * What the entities of an application were made from that was deployed before that was recorded: by the blueprint that it carries.
 * @throws ClockerError `conflict` when it carries none
 */
export function* adoptable(application: Entity, read: (text: string) => EntitySpec): Generator<[Entity, OwnSpec]> {
  const text = deployedText(application);
  if (text === undefined) throw new ClockerError("conflict", `Cannot compare "${application.displayName}" with a blueprint: it was not deployed from one`, { remedy: "Deploy the blueprint as a new application" });
  yield* adopted(application, read(text));
}

/** The blueprint that an application was deployed from, as its tag has it. */
export function deployedText(application: Entity): string | undefined {
  for (const tag of application.tags) {
    if (typeof tag === "object" && tag !== null && !Array.isArray(tag) && tag["kind"] === "yaml_spec" && typeof tag["contents"] === "string") return tag["contents"];
  }
  return undefined;
}

function* adopted(entity: Entity, spec: EntitySpec): Generator<[Entity, OwnSpec]> {
  yield [entity, ownSpec(spec)];
  const running = entity.children.map((child) => ({ entity: child, spec: seen(child) }));
  for (const { wanted, running: found } of matchChildren(spec.children, running).pairs) if (found !== undefined) yield* adopted(found.entity, wanted);
}

/** As much of a spec as it takes to know an entity again. */
function seen(entity: Entity): OwnSpec {
  const { planId } = entity;
  return ownSpec(entitySpec(entity.type.name, { ...(planId === undefined ? {} : { planId }), ...(entity.hasAutomaticName ? {} : { displayName: entity.displayName }) }));
}
