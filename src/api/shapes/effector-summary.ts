import { z } from "zod";
import type { Effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { Links, links, segment } from "./links.ts";
import { shownValue } from "./values.ts";

export const EffectorSummary = z
  .object({
    name: z.string(),
    returnType: z.string(),
    parameters: z.array(
      z.object({ name: z.string(), type: z.string(), description: z.string().optional(), defaultValue: z.unknown().optional(), shouldSanitize: z.boolean() }),
    ),
    description: z.string().optional(),
    links: Links,
  })
  .meta({ id: "EffectorSummary" });
export type EffectorSummary = z.infer<typeof EffectorSummary>;

/** An effector as REST lists it (reference, 2.4). */
export function effectorSummary(entity: Entity, effector: Effector): EffectorSummary {
  const owner = links.entity(entity.application.id, entity.id);
  return {
    name: effector.name,
    returnType: effector.returnType,
    parameters: effector.parameters.map((parameter) => ({
      name: parameter.name,
      type: parameter.type.name,
      description: parameter.description,
      defaultValue: shownValue(parameter.name, parameter.defaultValue, parameter.type) ?? null,
      shouldSanitize: parameter.secret ?? false,
    })),
    description: effector.description,
    links: { self: `${owner}/effectors/${segment(effector.name)}`, entity: owner, application: links.application(entity.application.id) },
  };
}

/** By name. */
export function effectorsOf(entity: Entity): Effector[] {
  return entity.effectors().sort((a, b) => (a.name < b.name ? -1 : 1));
}
