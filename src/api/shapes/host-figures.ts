import { z } from "zod";

/** What is shown of a Docker host wherever one is shown. */
export const hostFigures = {
  address: z.string().optional(),
  containers: z.int(),
  maxContainers: z.int().optional(),
  cpu: z.number().optional().describe("Fraction of all cores in use"),
  memoryUsedBytes: z.number().optional(),
  memoryTotalBytes: z.number().optional(),
} as const;
