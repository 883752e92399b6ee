import type { Entity } from "../../model/entity.ts";
import { defineEntityType, type EntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { entityBase } from "../stock/application.ts";

/** Brooklyn's types for Windows: known by name, so that a blueprint with one is refused with the reason. */
export const windowsEntityTypes: readonly EntityType[] = [windowsType("VanillaWindowsProcess", "VanillaSoftwareProcess", ["brooklyn.entity.basic.VanillaWindowsProcess"]), windowsType("EmptyWindowsProcess", "EmptySoftwareProcess", [])];

function windowsType(name: string, instead: string, aliases: readonly string[]): EntityType {
  return defineEntityType({
    name: `org.apache.brooklyn.entity.software.base.${name}`,
    description: "Needs a Windows machine, which Clocker does not manage",
    aliases,
    extends: [entityBase],
    hooks: { init: (entity) => refuse(entity, name, instead) },
  });
}

function refuse(entity: Entity, name: string, instead: string): never {
  throw new ClockerError("invalid-blueprint", `Cannot make "${entity.displayName}": Clocker manages Linux machines, over SSH, and containers, so it has no ${name}`, { remedy: `Use ${instead} with commands for a Linux shell` });
}
