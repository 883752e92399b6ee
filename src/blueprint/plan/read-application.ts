import { entitySpec } from "../../model/spec.ts";
import { type Cursor, type Draft, isMap } from "./cursor.ts";
import { applyPlan, finished, keyTableOf, readEntity } from "./read-entity.ts";

export const BASIC_APPLICATION = "org.apache.brooklyn.entity.stock.BasicApplication";
const APPLICATION = "org.apache.brooklyn.api.entity.Application";

/**
 * A plan's root with its services. A single service that is itself an application stands for the whole, unless both levels
 * say something that cannot be merged (reference, 3.3).
 * @param unwrap `any`: a single service of any type stands for the whole, as for catalog items that are entities
 */
export function readApplication(plan: Cursor, unwrap: "application" | "any"): Draft {
  if (!isMap(plan.value)) return plan.fail(plan.value === null ? "it is empty" : "a map with services is expected");
  const services = plan.get("services");
  if (services === undefined) return readLoneEntity(plan, unwrap);
  if (!Array.isArray(services.value)) return services.fail("Services block should be a list");
  const drafts = services.items("services").flatMap((service) => service.orNote(() => [isMap(service.value) ? readEntity(service) : service.fail("Services list should have a map for each service")], []));
  const [only] = drafts;
  if (only !== undefined && drafts.length === 1 && (unwrap === "any" || isApplication(only, plan)) && isMergeable(plan, only)) {
    applyPlan(plan, only, "root");
    return only;
  }
  const root: Draft = { spec: entitySpec(BASIC_APPLICATION, { config: { "brooklyn.wrapper_app": true } }), defaultName: undefined };
  applyPlan(plan, root, "root");
  root.spec.children.unshift(...drafts.map(finished));
  return root;
}

/** Whether the root says nothing beside its services that would be lost, or mean something else, when they stand alone. */
export function isBare(plan: Cursor): boolean {
  return decorations.every((key) => isEmpty(plan.get(key))) && ["brooklyn.config", "brooklyn.flags", "brooklyn.parameters", "location", "locations", "brooklyn.tags"].every((key) => plan.get(key) === undefined);
}

/** Policies and the like mean something else on the root than on its child: they prevent unwrapping. */
const decorations = ["brooklyn.policies", "brooklyn.enrichers", "brooklyn.initializers", "brooklyn.children"];

/** A plan that is one service without the `services` around it. */
function readLoneEntity(plan: Cursor, unwrap: "application" | "any"): Draft {
  if (["type", "serviceType", "service_type"].every((key) => plan.get(key) === undefined)) return failWithoutServices(plan);
  const draft = readEntity(plan);
  if (unwrap === "any" || isApplication(draft, plan)) return draft;
  const root = entitySpec(BASIC_APPLICATION, { config: { "brooklyn.wrapper_app": true }, children: [finished(draft)] });
  return { spec: root, defaultName: undefined };
}

function failWithoutServices(plan: Cursor): never {
  const isBundle = plan.get("brooklyn.catalog") !== undefined;
  return plan.fail("the plan has no services", { remedy: isBundle ? "This is a catalog bundle: add it to the catalog" : 'Give it a key "services" with a list of services, each with a type' });
}

function isApplication({ spec }: Draft, plan: Cursor): boolean {
  return plan.reading.types.entityType(spec.type)?.traits.has(APPLICATION) === true;
}

/** Whether root and single service can become one: nothing is said by both in two ways. */
function isMergeable(plan: Cursor, { spec }: Draft): boolean {
  if (plan.get("wrappedApp")?.flag("wrappedApp") === true) return false;
  if (!decorations.every((key) => isEmpty(plan.get(key)))) return false;
  const differs = (key: string, own: string | undefined) => own !== undefined && plan.get(key) !== undefined && plan.get(key)?.value !== own;
  if (differs("name", spec.displayName) || differs("id", spec.planId)) return false;
  if (spec.locations !== undefined && (plan.get("location") ?? plan.get("locations")) !== undefined) return false;
  const keys = keyTableOf(spec, plan);
  const rootConfig = ["brooklyn.config", "brooklyn.flags"].flatMap((section) => plan.get(section)?.entries(section) ?? []);
  if (rootConfig.some(([name]) => Object.hasOwn(spec.config, keys.canonicalName(name)))) return false;
  const declared = plan.get("brooklyn.parameters")?.items("brooklyn.parameters") ?? [];
  return !declared.some((each) => spec.parameters.some((own) => own.name === (each.get("name")?.value ?? each.value)));
}

function isEmpty(list: Cursor | undefined): boolean {
  return list === undefined || (Array.isArray(list.value) && list.value.length === 0);
}
