import { z } from "zod";
import type { Adjunct } from "../../model/adjunct.ts";
import { type ConfigSummary, configSummary, ConfigSummary as ConfigSummarySchema } from "./config-summary.ts";
import { Links, links } from "./links.ts";
import { shownValue, jsonOf } from "./values.ts";
import { withoutSecret } from "./secrets.ts";

export const adjunctStates = ["RUNNING", "STOPPED", "DESTROYED", "ERROR", "UNKNOWN"] as const;

export const PolicySummary = z
  .object({ id: z.string(), name: z.string(), catalogItemId: z.string().optional(), state: z.enum(adjunctStates), links: Links })
  .meta({ id: "PolicySummary" });

const summaryFields = {
  id: z.string(),
  name: z.string(),
  adjunctType: z.enum(["POLICY", "ENRICHER", "FEED"]),
  description: z.string().optional(),
  state: z.enum(adjunctStates),
  highlights: z.record(z.string(), z.object({ description: z.string(), time: z.int(), taskId: z.string().optional() })).optional(),
  links: Links,
};
export const AdjunctSummary = z.object(summaryFields).meta({ id: "AdjunctSummary" });
export const AdjunctDetail = z
  .object({ ...summaryFields, parameters: z.array(ConfigSummarySchema), config: z.record(z.string(), z.unknown()), functionallyUniqueIdentifier: z.string().optional(), tags: z.array(z.unknown()).optional().describe("Of the blueprint"), planId: z.string().optional().describe("The blueprint's id of it"), suspendedUntil: z.int().optional().describe("When it resumes by itself: milliseconds since 1970") })
  .meta({ id: "AdjunctDetail" });

export function adjunctState(adjunct: Adjunct): (typeof adjunctStates)[number] {
  if (adjunct.isSuspended) return "STOPPED";
  return adjunct.isRunning ? "RUNNING" : "UNKNOWN";
}

/** A policy, as `/policies` lists it (reference, 2.5). */
export function policySummary(adjunct: Adjunct): z.infer<typeof PolicySummary> {
  return { id: adjunct.id, name: adjunct.displayName, state: adjunctState(adjunct), links: linksOf(adjunct, "policies") };
}

/** A policy or enricher, as `/adjuncts` lists it. */
export function adjunctSummary(adjunct: Adjunct): z.infer<typeof AdjunctSummary> {
  return {
    id: adjunct.id,
    name: adjunct.displayName,
    adjunctType: adjunct.type.kind === "policy" ? "POLICY" : "ENRICHER",
    description: adjunct.type.description,
    state: adjunctState(adjunct),
    ...(adjunct.highlights.size === 0 ? {} : { highlights: Object.fromEntries(adjunct.highlights) }),
    links: linksOf(adjunct, "adjuncts"),
  };
}

export function adjunctDetail(adjunct: Adjunct): z.infer<typeof AdjunctDetail> {
  return {
    ...adjunctSummary(adjunct),
    parameters: adjunctConfig(adjunct),
    config: currentAdjunctConfig(adjunct),
    ...(adjunct.uniqueTag === undefined ? {} : { functionallyUniqueIdentifier: adjunct.uniqueTag }),
    ...(adjunct.tags.length === 0 ? {} : { tags: adjunct.tags.map((tag) => withoutSecret("tag", jsonOf(tag))) }),
    ...(adjunct.planId === undefined ? {} : { planId: adjunct.planId }),
    ...(adjunct.suspendedUntil === undefined ? {} : { suspendedUntil: adjunct.suspendedUntil }),
  };
}

/** The keys of an adjunct's type, by name. */
export function adjunctConfig(adjunct: Adjunct): ConfigSummary[] {
  const self = `${linksOf(adjunct, "adjuncts")["self"]}/config`;
  return [...adjunct.type.config].sort((a, b) => (a.name < b.name ? -1 : 1)).map((key) => configSummary(key, self));
}

/** What is set on an adjunct, by key. */
export function currentAdjunctConfig(adjunct: Adjunct): Record<string, unknown> {
  const keys = new Map(adjunct.type.config.map((key) => [key.name, key]));
  return Object.fromEntries(Object.entries(adjunct.config).map(([name, raw]) => [name, keys.get(name)?.secret === true ? shownValue(name, raw, undefined, { secret: true }) : withoutSecret(name, jsonOf(raw))]));
}

function linksOf(adjunct: Adjunct, kind: "policies" | "adjuncts"): Record<string, string> {
  const { entity } = adjunct;
  const owner = links.entity(entity.application.id, entity.id);
  const self = `${owner}/${kind}/${adjunct.id}`;
  // Policies are removed by a call of their own, adjuncts with DELETE.
  const removal: Record<string, string> = kind === "policies" ? { destroy: `${self}/destroy` } : { adjunct: self, status: `${self}/status`, destroy: self };
  return { self, ...removal, config: `${self}/config`, application: links.application(entity.application.id), entity: owner, start: `${self}/start`, stop: `${self}/stop` };
}
