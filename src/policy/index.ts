import type { AdjunctType } from "../model/adjunct.ts";
import { autoScalerPolicy } from "./autoscaling/auto-scaler.ts";

/** Every policy that works on any entity, and the enrichers that belong to them. */
export const policyTypes: readonly AdjunctType[] = [autoScalerPolicy];
