import { z } from "zod";
import { TaskSummary } from "./task-summary.ts";

const count = z.int().min(0);
const Fact = z.object({ name: z.string(), value: z.string() });
const actions = z.enum(["none", "add", "remove", "replace", "change"]);
const effects = z.enum(["none", "set", "resize", "restart", "roll", "replace", "refused"]).describe("What a difference takes: `set` in place, `restart`, members made anew (`roll`), the entity made anew (`replace`), or nothing that can be done while the application runs (`refused`)");

export const PlanMessage = z
  .object({
    message: z.string(),
    code: z.string().optional(),
    remedy: z.string().optional(),
    line: z.int().optional().describe("Of the blueprint, from 1"),
    column: z.int().optional(),
    excerpt: z.string().optional().describe("The line, with a caret under the column"),
    path: z.string().optional().describe("Of the entity that it is about"),
  })
  .meta({ id: "PlanMessage" });
export type PlanMessage = z.infer<typeof PlanMessage>;

export const PlannedDifference = z
  .object({
    kind: z.enum(["type", "location", "name", "id", "icon", "tag", "config", "parameter", "policy", "enricher", "initializer", "inherited", "reference", "members"]),
    key: z.string(),
    change: z.enum(["added", "removed", "changed"]),
    from: z.unknown().optional(),
    to: z.unknown().optional(),
    effect: effects,
    reason: z.string().optional(),
  })
  .meta({ id: "PlannedDifference" });
export type PlannedDifference = z.infer<typeof PlannedDifference>;

export const PlannedPlacement = z
  .object({
    name: z.string().describe("What needs a container"),
    cloud: z.string(),
    host: z.string().optional(),
    isNewHost: z.boolean().describe("Whether the host would be added"),
    waits: z.boolean().describe("Whether a host that is on its way is waited for"),
    problem: z.string().optional(),
    chain: z.array(z.string()).describe("The strategies, in order"),
    hosts: z.array(z.object({ hostId: z.string(), hostName: z.string(), kept: z.boolean(), by: z.string(), reason: z.string(), rank: z.int().optional() })).describe("Why each host was kept or dropped, the best first"),
    grouped: z.array(z.object({ by: z.string(), reason: z.string(), hosts: z.int(), examples: z.array(z.string()) })).optional().describe("On large clouds, dropped hosts by reason"),
  })
  .meta({ id: "PlannedPlacement" });
export type PlannedPlacement = z.infer<typeof PlannedPlacement>;

const plannedEntity = {
  path: z.string().describe("`Shop/web`"),
  name: z.string(),
  type: z.string(),
  action: actions,
  id: z.string().optional().describe("Of the entity that runs"),
  planId: z.string().optional(),
  facts: z.array(Fact).describe("What is telling of its config"),
  location: z.object({ spec: z.string(), isInherited: z.boolean(), kind: z.enum(["docker", "machines", "unknown"]) }).optional(),
  differences: z.array(PlannedDifference),
  effect: effects.optional(),
  order: z.enum(["start-first", "stop-first"]).optional(),
  orderReason: z.string().optional(),
  size: z.object({ from: count, to: z.int() }).optional(),
  members: z.object({ type: z.string(), count: z.int(), outdated: count, facts: z.array(Fact), differences: z.array(PlannedDifference) }).optional(),
  removalReason: z.string().optional(),
  after: z.array(z.string()).describe("What changes before it, as it uses that"),
  waitsFor: z.array(z.object({ key: z.string(), on: z.string(), sensor: z.string() })),
  placements: z.array(PlannedPlacement),
};

export interface PlannedEntity extends z.infer<z.ZodObject<typeof plannedEntity>> {
  children: PlannedEntity[];
}

export const PlannedEntity: z.ZodType<PlannedEntity> = z
  .object({
    ...plannedEntity,
    get children() {
      return z.array(PlannedEntity);
    },
  })
  .meta({ id: "PlannedEntity" });

export const PlanSummary = z
  .object({
    id: z.string().describe("The same for the same blueprint and the same state of the application: `apply` refuses another one"),
    application: z.object({ id: z.string().optional(), name: z.string(), revision: z.int().optional() }),
    isNew: z.boolean(),
    hasChanges: z.boolean(),
    summary: z.object({ added: count, removed: count, replaced: count, changed: count, unchanged: count, containers: count }),
    tree: PlannedEntity.optional(),
    hosts: z.array(z.object({ cloud: z.string(), name: z.string() })).describe("Hosts that Docker clouds would add"),
    problems: z.array(PlanMessage),
    warnings: z.array(PlanMessage),
  })
  .meta({ id: "PlanSummary" });
export type PlanSummary = z.infer<typeof PlanSummary>;

export const ApplySummary = z
  .object({
    plan: PlanSummary,
    applicationId: z.string().optional(),
    revision: z.int().optional(),
    task: TaskSummary.optional().describe("Absent where there is nothing to change"),
  })
  .meta({ id: "ApplySummary" });
export type ApplySummary = z.infer<typeof ApplySummary>;

export const RevisionSummary = z
  .object({
    number: z.int(),
    at: z.int().describe("Milliseconds since the epoch"),
    by: z.string(),
    note: z.string().optional(),
    outcome: z.enum(["applying", "applied", "failed", "rolled back", "interrupted"]),
    message: z.string().optional(),
    changes: z.string(),
    of: z.int().optional().describe("The revision that it went back to"),
    isCurrent: z.boolean(),
  })
  .meta({ id: "RevisionSummary" });
export type RevisionSummary = z.infer<typeof RevisionSummary>;
