import type { StepType } from "../step-type.ts";
import { applicationSteps } from "./applications.ts";
import { branchSteps } from "./branches.ts";
import { commandSteps } from "./commands.ts";
import { containerStep } from "./container.ts";
import { controlSteps } from "./control.ts";
import { effectorSteps } from "./effectors.ts";
import { entityDataSteps } from "./entity-data.ts";
import { entitySteps } from "./entities.ts";
import { httpStep } from "./http.ts";
import { updateChildrenStep } from "./update-children.ts";
import { variableSteps } from "./variables.ts";

/** Every step that there is, by name. */
export const stepTypes: ReadonlyMap<string, StepType> = new Map(
  [...variableSteps, ...entityDataSteps, ...controlSteps, ...branchSteps, ...commandSteps, containerStep, httpStep, ...effectorSteps, ...applicationSteps, ...entitySteps, updateChildrenStep].map((type) => [type.name, type]),
);
