import type { Entity } from "../../model/entity.ts";
import { customStep } from "./custom-step.ts";
import type { StepType } from "./step-type.ts";
import { stepTypes } from "./steps/index.ts";

/** A kind of step by its name: one of code, else a workflow of the catalog. */
export function findStepType(name: string, entity: Entity): StepType | undefined {
  const known = stepTypes.get(name);
  if (known !== undefined) return known;
  const plan = entity.management.types.bean(name);
  return plan === undefined ? undefined : customStep(name, plan);
}
