import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import { MAIN_URI } from "../../software/stock/attributes.ts";
import { links } from "../shapes/links.ts";
import { health, healthOf, Problem, problemsOf, someDescendants } from "./health.ts";

const Url = z.object({ entity: z.string(), sensor: z.string(), url: z.string() });

export const ApplicationOverview = z
  .object({
    id: z.string(),
    name: z.string(),
    ...health,
    entities: z.int(),
    urls: z.array(Url),
    problems: z.array(Problem),
    link: z.string(),
  })
  .meta({ id: "ApplicationOverview" });

const MOST_URLS = 12;

/** An application with its health, the addresses under which it is reached, and what is wrong. */
export function applicationOverview(application: Entity): z.infer<typeof ApplicationOverview> {
  const entities = someDescendants(application);
  return {
    id: application.id,
    name: application.displayName,
    ...healthOf(application),
    entities: entities.length,
    urls: urlsOf(entities),
    problems: problemsOf(entities),
    link: links.application(application.id),
  };
}

/** Web addresses: those mapped to the outside, and the main address of entities that have none. Each once. */
function urlsOf(entities: readonly Entity[]): z.infer<typeof Url>[] {
  const found = new Map<string, z.infer<typeof Url>>();
  for (const entity of entities) {
    const mapped = [...entity.sensorValues()].filter(([name]) => name.startsWith("mapped."));
    const candidates = mapped.some(([, { value }]) => isWebAddress(value)) ? mapped : [[MAIN_URI.name, { value: entity.get(MAIN_URI) }] as const];
    for (const [sensor, { value }] of candidates) {
      if (isWebAddress(value) && !found.has(value)) found.set(value, { entity: entity.displayName, sensor, url: value });
    }
    if (found.size >= MOST_URLS) break;
  }
  return [...found.values()].slice(0, MOST_URLS);
}

function isWebAddress(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//i.test(value);
}
