import type { EntityType } from "../../model/entity-type.ts";
import { basicApplication, basicEntity, basicStartable } from "./application.ts";
import { asyncApplication } from "./async-application.ts";
import { conditionalEntity } from "./conditional-entity.ts";
import { dataEntity } from "./data-entity.ts";
import { delegateEntity } from "./delegate-entity.ts";
import { locationEntity } from "./location-entity.ts";
import { sequenceEntity } from "./sequence-entity.ts";

/** Entities that blueprints put others together with. A new one is its own file and a line here. */
export const stockEntityTypes: readonly EntityType[] = [basicApplication, asyncApplication, basicEntity, basicStartable, conditionalEntity, dataEntity, delegateEntity, locationEntity, sequenceEntity];
