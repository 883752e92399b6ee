import { z } from "zod";

const Parameter = z.object({ name: z.string(), type: z.string().optional(), default: z.unknown().optional(), description: z.string().optional(), label: z.string().optional() });
const Plan = z.object({ "brooklyn.parameters": z.array(z.union([z.string().transform((name) => ({ name })), Parameter])).default([]) });

/** What a plan declares under `brooklyn.parameters`. */
export function readParameters(plan: unknown): z.infer<typeof Parameter>[] {
  return Plan.parse(plan)["brooklyn.parameters"];
}
