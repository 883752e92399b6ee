import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import type { EntitySpec } from "../../../model/spec.ts";
import { STARTABLE } from "../../../model/traits.ts";
import { isEntitySpec, parseStructuredText, types } from "../../../model/types/index.ts";
import { SERVICE_STATE } from "../../stock/attributes.ts";
import type { StepCall } from "../step-type.ts";
import { interpolatedAs } from "./variables.ts";

export const blueprintKeys = ["type", "blueprint", "format", "interpolation_mode", "interpolation_errors"] as const;

/** What a blueprint describes: one service, a list of them, or `services`. */
export interface Described {
  readonly name: string | undefined;
  readonly specs: readonly EntitySpec[];
}

/** @throws ClockerError `invalid-value` when there is neither a type nor a blueprint; what reading it throws */
export async function describedBy(call: StepCall): Promise<Described> {
  const { blueprint, type } = call.step.fields;
  // In a map `type` may be what the step is.
  const hasType = type !== undefined && type !== call.step.type.name;
  if (blueprint === undefined && !hasType) throw new ClockerError("invalid-value", `"${call.step.type.name}" needs a type, or a blueprint`);
  const filled = blueprint === undefined ? { type: await call.text("type") } : await filledIn(call, blueprint);
  const plan: unknown = typeof filled === "string" ? parseStructuredText(filled) : filled;
  const services = Array.isArray(plan) ? (plan as unknown[]) : isRecord(plan) && Array.isArray(plan["services"]) ? (plan["services"] as unknown[]) : [plan];
  const specs: EntitySpec[] = [];
  for (const service of services) {
    if (!isRecord(service)) throw new ClockerError("invalid-value", `"${call.step.type.name}" needs a type, or a blueprint`, { remedy: "A blueprint is a map with type, or with services" });
    const spec = await call.entity.management.resolve({ "$brooklyn:entitySpec": service }, call.entity, call.work);
    specs.push(isEntitySpec(spec) ? spec : types.entitySpec.coerce(spec));
  }
  return { name: isRecord(plan) && typeof plan["name"] === "string" ? plan["name"] : undefined, specs };
}

/** `${...}` that mean nothing to the workflow, and `$brooklyn:` expressions, are for what the blueprint makes. */
async function filledIn(call: StepCall, blueprint: unknown): Promise<unknown> {
  if (typeof blueprint === "string" && call.entity.management.isDeferred(blueprint)) return blueprint;
  if (Array.isArray(blueprint)) return Promise.all((blueprint as unknown[]).map((each) => filledIn(call, each)));
  if (isRecord(blueprint)) return Object.fromEntries(await Promise.all(Object.entries(blueprint).map(async ([key, each]): Promise<[string, unknown]> => [key, await filledIn(call, each)])));
  return typeof blueprint === "string" ? interpolatedAs(call, blueprint, { mode: "full", errors: "ignore" }) : blueprint;
}

/** `async` (also when nothing is said), `sync`, `disabled`, or yes and no, as Brooklyn and as before. */
export async function started(entities: readonly Entity[], call: StepCall, isWanted: boolean): Promise<void> {
  const { management } = call.entity;
  await management.documents.flush();
  const given = String((await call.get("start")) ?? "default").toLowerCase();
  if (["disabled", "false", "no", "off"].includes(given) || (given === "default" && !isWanted)) return;
  const startable = entities.filter((entity) => entity.is(STARTABLE));
  if (["sync", "true", "yes", "on"].includes(given)) {
    for (const entity of startable) await entity.invoke("start", {}, call.work);
    return;
  }
  if (given !== "async" && given !== "default") throw new ClockerError("invalid-value", `"start" cannot be "${given}"`, { remedy: "It is async, sync or disabled" });
  for (const entity of startable) management.submit(entity, "start", (work) => entity.invoke("start", {}, work), { tags: ["EFFECTOR"] });
}

export function isRunning(entity: Entity): boolean {
  return entity.get(SERVICE_STATE) === "RUNNING";
}
