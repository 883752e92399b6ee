import type { EntityType } from "../../model/entity-type.ts";
import { basicApplication, basicEntity, basicStartable } from "./application.ts";
import { sequenceEntity } from "./sequence-entity.ts";

/** Entities that blueprints put others together with. */
export const stockEntityTypes: readonly EntityType[] = [basicApplication, basicEntity, basicStartable, sequenceEntity];
