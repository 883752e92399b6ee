import { z } from "zod";

/** What `GET /v1/server/version` answers, as far as commands look at it. */
export const ServerVersion = z.object({ version: z.string(), buildSha1: z.string(), buildBranch: z.string() });
