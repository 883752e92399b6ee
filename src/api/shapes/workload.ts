import { z } from "zod";
import { hostFigures } from "./host-figures.ts";

const health = { state: z.string().describe("Lifecycle state"), up: z.boolean() } as const;

export const WorkloadHost = z
  .object({
    id: z.string(),
    name: z.string(),
    cloud: z.string(),
    ...health,
    ...hostFigures,
  })
  .meta({ id: "WorkloadHost" });
export type WorkloadHost = z.infer<typeof WorkloadHost>;

export const WorkloadProcess = z
  .object({
    id: z.string(),
    name: z.string(),
    path: z.string().describe("The names from the application down"),
    applicationId: z.string(),
    application: z.string(),
    type: z.string(),
    ...health,
    machine: z.string().describe("The Docker host, or the machine's name"),
    hostId: z.string().optional(),
    containerId: z.string().optional().describe("The container's entity"),
    container: z.string().optional(),
    image: z.string().optional(),
    ports: z.record(z.string(), z.int()).optional().describe("Container port to host port"),
    cpu: z.number().optional().describe("Fraction of one core in use"),
    memoryBytes: z.number().optional(),
    memoryLimitBytes: z.number().optional(),
  })
  .meta({ id: "WorkloadProcess" });
export type WorkloadProcess = z.infer<typeof WorkloadProcess>;

export const Workload = z.object({ at: z.int().describe("Milliseconds since the epoch"), hosts: z.array(WorkloadHost), processes: z.array(WorkloadProcess) }).meta({ id: "Workload" });
export type Workload = z.infer<typeof Workload>;
