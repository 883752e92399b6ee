import { emptySoftwareProcess, softwareProcess, vanillaSoftwareProcess } from "./process/software-process.ts";
import type { EntityType } from "../model/entity-type.ts";

/** Every entity type of this folder that is made of code; technologies are bundles in `catalog/`. */
export const softwareEntityTypes: readonly EntityType[] = [softwareProcess, vanillaSoftwareProcess, emptySoftwareProcess];
