import type { EntityType } from "../../model/entity-type.ts";
import { sameServerEntity } from "./same-server.ts";
import { emptySoftwareProcess, softwareProcess, vanillaSoftwareProcess } from "./software-process.ts";
import { windowsEntityTypes } from "./windows.ts";

/** Every type of software process that is made of code; technologies are bundles in `catalog/`. */
export const softwareEntityTypes: readonly EntityType[] = [softwareProcess, vanillaSoftwareProcess, emptySoftwareProcess, sameServerEntity, ...windowsEntityTypes];
