import { z } from "zod";
import type { Api, ApiContext } from "../api-context.ts";
import { moment } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";

const tags = ["server"];
const when = moment.optional();
const Outcome = z.enum(["initiated", "succeeded", "failed"]);
const Entry = z
  .object({
    number: z.int(),
    at: z.number().describe("Milliseconds since 1970"),
    user: z.string(),
    action: z.string(),
    outcome: Outcome,
    of: z.int().optional().describe("The number of the entry that began it"),
    path: z.string().optional(),
    entityId: z.string().optional(),
    entityName: z.string().optional(),
    taskId: z.string().optional(),
    address: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    message: z.string().optional(),
    previous: z.string(),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });
const Verdict = z.object({ entries: z.int(), isWhole: z.boolean(), brokenAt: z.int().optional() }).meta({ id: "AuditVerdict" });

/** Who changed what. */
export function addAudit(api: Api, { audit }: ApiContext): void {
  api.get(
    "/audit",
    {
      schema: {
        tags,
        summary: "Who changed what, the newest first",
        querystring: z.object({
          user: z.string().optional(),
          entity: z.string().optional().describe("Id or name"),
          action: z.string().optional().describe("Text that occurs in the action"),
          outcome: Outcome.optional(),
          since: when.describe("Milliseconds or ISO"),
          until: when,
          before: z.coerce.number().int().optional().describe("Only entries with a lower number, to page back"),
          limit: z.coerce.number().int().min(1).max(10_000).default(200),
        }),
        response: { 200: z.array(Entry), ...failures },
      },
    },
    async ({ query: { limit, ...filter } }) => audit.find(filter, limit),
  );

  api.get("/audit/verify", { schema: { tags, summary: "Whether nobody has changed the log: each entry holds a hash of the one before", response: { 200: Verdict, ...failures } } }, async () => {
    const { entries, brokenAt } = audit.verify();
    return { entries, isWhole: brokenAt === undefined, ...(brokenAt === undefined ? {} : { brokenAt }) };
  });
}
