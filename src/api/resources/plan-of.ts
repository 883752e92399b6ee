import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { ApiContext } from "../api-context.ts";

/**
 * The plan that a body gives: itself, what the web address in it holds, or what an ApplicationSpec of 2014 describes.
 * @throws ClockerError `invalid-request` when there is none.
 */
export async function planOf({ plane }: ApiContext, body: string): Promise<string> {
  const text = body.trim();
  if (text === "") throw new ClockerError("invalid-request", "Cannot deploy: the body is empty", { remedy: "Send the blueprint's YAML as the body" });
  // Only the web: other addresses would read the server's own files.
  if (!/^https?:\/\/\S+$/i.test(text)) return planOfSpec(text) ?? body;
  const { result } = plane.submit(undefined, `Fetch ${text}`, async (work) => (await plane.resources.read(text, work)).toString("utf8"), { tags: ["TRANSIENT"] });
  return result;
}

const Config = z.record(z.string(), z.unknown()).nullish();
const EntitySpec = z.strictObject({ name: z.string().nullish(), type: z.string(), config: Config });
const ApplicationSpec = z.strictObject({
  name: z.string().nullish(),
  type: z.string().nullish(),
  entities: z.array(EntitySpec).nullish(),
  locations: z.array(z.string()).nullish(),
  config: Config,
});

/** The plan that Brooklyn's ApplicationSpec describes, clients' JSON of before there were blueprints; undefined for any other text. */
export function planOfSpec(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  const parsed = ApplicationSpec.safeParse(jsonIn(text));
  if (!parsed.success || (parsed.data.entities ?? []).length + (typeof parsed.data.type === "string" ? 1 : 0) === 0) return undefined;
  const { name, type, entities, locations, config } = parsed.data;
  // A plan may have a type and a name too: only these fields make it a spec.
  if (entities === undefined && locations === undefined && config === undefined) return undefined;
  const services = (entities ?? []).map((entity) => ({ type: entity.type, ...(typeof entity.name === "string" ? { name: entity.name } : {}), ...withConfig(entity.config) }));
  return JSON.stringify({
    ...(typeof name === "string" ? { name } : {}),
    ...((locations ?? []).length === 0 ? {} : locations?.length === 1 ? { location: locations[0] } : { locations }),
    ...(typeof type === "string" && services.length === 0 ? { services: [{ type, ...withConfig(config) }] } : { ...withConfig(config), services }),
  });
}

function withConfig(config: z.infer<typeof Config>): { "brooklyn.config"?: Record<string, unknown> } {
  return config === undefined || config === null || Object.keys(config).length === 0 ? {} : { "brooklyn.config": config };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
