import { z } from "zod";
import { ApiError } from "../shapes/api-error.ts";

/*
 * A command over a WebSocket. The client's first message is `ExecStart` as text; the server starts the command then. From then on binary messages are bytes:
 * from the client standard input, from the server output, of which the first byte says which. Text messages are `ExecControl` and, at the end, `ExecEnd`.
 */

const size = z.object({ columns: z.int().min(1).max(10_000), rows: z.int().min(1).max(10_000) });

export const ExecStart = z.object({
  argv: z.array(z.string()).min(1).max(10_000),
  env: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
  terminal: size.optional().describe("Gives the command a terminal of this size: both outputs are then one"),
});
export type ExecStart = z.infer<typeof ExecStart>;

export const ExecControl = z.object({ resize: size.optional(), endOfInput: z.literal(true).optional() });
export type ExecControl = z.infer<typeof ExecControl>;

/** How it ended, or why it could not run. */
export const ExecEnd = z.union([z.object({ exitCode: z.int() }), z.object({ error: ApiError })]);
export type ExecEnd = z.infer<typeof ExecEnd>;

/** The first byte of a binary message from the server. */
export const STDOUT = 1;
export const STDERR = 2;

/** Bytes of one message from the client. */
export const LARGEST_MESSAGE = 1_048_576;
