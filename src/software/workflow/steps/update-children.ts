import { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import type { EntitySpec, JsonObject } from "../../../model/spec.ts";
import { isEntitySpec, parseStructuredText, types } from "../../../model/types/index.ts";
import { interpolated, interpolatedLeniently } from "../interpolate.ts";
import { shownAs, type Scope } from "../scope.ts";
import { entityOf } from "../find-entity.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { blueprintKeys, isRunning, started } from "./blueprints.ts";
import { deleted } from "./entities.ts";

const WORKFLOWS = ["on_create", "on_update", "on_delete", "match_check", "creation_check", "deletion_check"] as const;

/** Has an entity's children be one for each item of a list (Brooklyn's `UpdateChildrenWorkflowStep`). */
export const updateChildrenStep: StepType = {
  name: "update-children",
  form: "update-children [of PARENT] [type TYPE] [id IDENTIFIER] [from ITEMS]",
  keys: [...blueprintKeys.filter((key) => key !== "type"), "parent", "child_type", "identifier_expression", "identifier", "items", "start", "concurrency", ...WORKFLOWS],
  note: "One child for each item, known by what `identifier_expression` makes of `${item}`; the workflows `match_check`, `creation_check`, `deletion_check`, `on_create`, `on_update` and `on_delete`, or effectors of these last names, as in Brooklyn",
  hasSteps: true,
  shorthand: (text) => {
    const match = /^(?:of\s+(?<parent>\S+)\s*)?(?:(?:type|blueprint)\s+(?<child_type>\S+)\s*)?(?:id\s+(?<identifier_expression>\S+)\s*)?(?:from\s+(?<items>.+))?$/s.exec(text);
    return match === null ? undefined : Object.fromEntries(Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined));
  },
  run: async (call) => {
    const given = await call.get("parent");
    const parent = given === undefined ? call.entity : entityOf(given, call.entity);
    const items = await itemsOf(call);
    const kept = new Set<Entity>();
    const update = new Update(call, parent);
    const before = [...parent.children];
    for (const [index, item] of items.entries()) {
      const child = await update.child(item, index);
      if (child !== undefined) kept.add(child);
    }
    for (const child of before) if (!kept.has(child) && child.isManaged && child.parent === parent) await update.remove(child);
    return undefined;
  },
};

async function itemsOf(call: StepCall): Promise<readonly unknown[]> {
  const given = await call.get("items");
  const items: unknown = typeof given === "string" ? parseStructuredText(given) : given;
  if (!Array.isArray(items)) throw new ClockerError("invalid-value", '"update-children" needs "items": a list');
  return items as unknown[];
}

/** One run of the step: finds, makes, changes and removes children. */
class Update {
  readonly #call: StepCall;
  readonly #parent: Entity;

  constructor(call: StepCall, parent: Entity) {
    this.#call = call;
    this.#parent = parent;
  }

  /** The child for an item, found or made, and up to date; undefined where its checks say that there is to be none. */
  async child(item: unknown, index: number): Promise<Entity | undefined> {
    const scope = this.#scopeFor({ item, index });
    const id = await this.#idOf(scope);
    const match = await this.#check("match_check", { item, index }, index, undefined);
    if (match === false) return undefined;
    const known = match instanceof Entity ? match : match === undefined ? this.#find(id) : undefined;
    let child = known;
    if (child === undefined) {
      const made = await this.#check("creation_check", { item, index, match: id }, index, true);
      if (made === false) return undefined;
      child = made instanceof Entity ? made : await this.#make(scope, id);
      await this.#tell("on_create", child, { item, index, child }, `${index + 1}`);
    }
    await this.#tell("on_update", child, { item, index, child }, `${index + 1}`);
    return child;
  }

  async remove(child: Entity): Promise<void> {
    if ((await this.#check("deletion_check", { child }, child.id, true)) === false) return;
    if (!child.isManaged || child.parent !== this.#parent) return;
    if ((await this.#tell("on_delete", child, { child }, child.id)) === false) return;
    if (child.isManaged && child.parent === this.#parent) await deleted(child, this.#call);
  }

  /** By what earlier runs noted, and by the blueprint's `id`. */
  #find(id: string): Entity | undefined {
    return this.#parent.children.find((each) => each.config.find({ name: IDENTIFIER, aliases: [], inherited: false })?.raw === id || each.planId === id);
  }

  async #idOf(scope: Scope): Promise<string> {
    const { fields } = this.#call.step;
    const expression = fields["identifier_expression"] ?? fields["identifier"];
    if (typeof expression !== "string" || !expression.includes("${")) {
      throw new ClockerError("invalid-value", '"update-children" needs "identifier_expression", which tells the items apart', { remedy: "For instance ${item.id}" });
    }
    return shownAs(await interpolated(expression, scope, this.#call.work));
  }

  async #make(scope: Scope, id: string): Promise<Entity> {
    const { management } = this.#call.entity;
    const { blueprint, child_type: type } = this.#call.step.fields;
    const filled = blueprint === undefined ? { type: type === undefined ? undefined : await this.#call.text("child_type") } : await interpolatedLeniently(blueprint, scope, this.#call.work, "ignore");
    const plan: unknown = typeof filled === "string" ? (parseStructuredText(filled) ?? { type: filled }) : filled;
    if (!isRecord(plan) || plan["type"] === undefined) throw new ClockerError("invalid-value", '"update-children" needs the type or the blueprint of the children');
    const resolved = await management.resolve({ "$brooklyn:entitySpec": plan }, this.#call.entity, this.#call.work);
    const spec: EntitySpec = isEntitySpec(resolved) ? resolved : types.entitySpec.coerce(resolved);
    const config: JsonObject = { ...spec.config, [IDENTIFIER]: id };
    const child = management.create({ ...spec, config }, this.#parent);
    await started([child], this.#call, isRunning(this.#parent));
    return child;
  }

  /** What a workflow of the step says; the given answer where there is none. */
  async #check(name: (typeof WORKFLOWS)[number], variables: Readonly<Record<string, unknown>>, key: string | number, without: unknown): Promise<unknown> {
    const workflow = this.#call.step.fields[name];
    if (workflow === undefined) return without;
    const answer = await this.#call.nested(workflow, { parent: this.#parent, ...variables }, `${name} ${key}`);
    if (answer === "true" || answer === "false") return answer === "true";
    return answer ?? true;
  }

  /** Runs the step's workflow on the child, else its effector of that name, if it has one. */
  async #tell(name: "on_create" | "on_update" | "on_delete", child: Entity, variables: Readonly<Record<string, unknown>>, key: string): Promise<unknown> {
    const workflow = this.#call.step.fields[name];
    if (workflow !== undefined) return this.#call.nested(workflow, { parent: this.#parent, ...variables }, `${name} ${key}`, { entity: child });
    if (child.effector(name) === undefined) return undefined;
    return child.invoke(name, "item" in variables ? { item: variables["item"] } : {}, this.#call.work);
  }

  #scopeFor(variables: Readonly<Record<string, unknown>>): Scope {
    const { scope } = this.#call;
    return { ...scope, ownOfStep: async (name) => (Object.hasOwn(variables, name) ? variables[name] : scope.ownOfStep(name)) };
  }
}

/** Config of a child: which item it is for. Brooklyn uses the same key. */
const IDENTIFIER = "camp.plan.id";
