import type { StepType } from "../step-type.ts";
import { branchSteps } from "./branches.ts";
import { controlSteps } from "./control.ts";
import { entityDataSteps } from "./entity-data.ts";
import { entitySteps } from "./entities.ts";
import { remoteSteps } from "./remote.ts";
import { variableSteps } from "./variables.ts";

/** Every step that there is, by name. */
export const stepTypes: ReadonlyMap<string, StepType> = new Map([...variableSteps, ...entityDataSteps, ...controlSteps, ...branchSteps, ...remoteSteps, ...entitySteps].map((type) => [type.name, type]));
