import { z } from "zod";

export const ApiError = z
  .object({
    message: z.string().describe("What failed, why, and what to do about it"),
    error: z.int().describe("The HTTP status"),
    details: z.string().optional(),
    data: z.record(z.string(), z.unknown()).optional().describe("Machine-readable: `code`, `reason`, `remedy`, and facts such as `line`, `column`, `known`"),
  })
  .meta({ id: "ApiError" });
export type ApiError = z.infer<typeof ApiError>;

/** The failures that any route may answer with. */
export const failures = { "4xx": ApiError, "5xx": ApiError } as const;
