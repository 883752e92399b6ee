import { z } from "zod";
import { EntitySummary } from "../../api/shapes/entity-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { LocationSummary } from "../../api/shapes/location-summary.ts";
import type { Client } from "../client/client.ts";
import { facts } from "../output/table.ts";

/** An entity for people: what it is, how it is, where it is and is reached, what is wrong. */
export async function describeEntity(client: Client, app: string, entity: string, more: readonly (readonly [string, unknown])[] = []): Promise<string> {
  const at = links.entity(app, entity);
  const [summary, sensors, locations] = await Promise.all([
    client.json(EntitySummary, at),
    client.json(z.record(z.string(), z.unknown()), `${at}/sensors/current-state`),
    client.json(z.array(LocationSummary), `${at}/locations`),
  ]);
  const urls = Object.entries(sensors).filter(([name, value]) => (name.startsWith("mapped.") || name.endsWith(".uri") || name.endsWith(".url")) && typeof value === "string" && /^https?:/.test(value));
  return facts([
    ["Name", summary.name],
    ["Id", summary.id],
    ["Type", summary.type],
    ...more,
    ["State", sensors["service.state"]],
    ["Up", sensors["service.isUp"]],
    ["Locations", locations.map(({ name, id }) => name ?? id).join(", ")],
    ...urls,
    ...problems(sensors["service.problems"]).map((problem) => ["Problem", problem] as const),
  ]);
}

function problems(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}
