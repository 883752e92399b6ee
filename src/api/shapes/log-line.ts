import { z } from "zod";

/** What the data of an event `line` holds. */
export const LogLineEvent = z.object({
  entityId: z.string().optional(),
  entity: z.string().optional().describe("The entity's path, such as Shop/Web"),
  source: z.string().describe("`container`, a file's path, or a task's name"),
  stream: z.enum(["stdout", "stderr", "notice"]).describe("`notice` is the server's own: why there is nothing more"),
  text: z.string(),
  at: z.int().optional().describe("Milliseconds since the epoch, where it is known when it was written"),
});
export type LogLineEvent = z.infer<typeof LogLineEvent>;
