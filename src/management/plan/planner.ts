import { createHash, randomBytes } from "node:crypto";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { EntitySpec, LocationReference } from "../../model/spec.ts";
import type { BlueprintReader } from "../blueprint-reader.ts";
import type { PlaneLocations } from "../location/location-registry.ts";
import type { Plane } from "../plane.ts";
import { compareTree, described } from "./compare-tree.ts";
import { describePlan } from "./describe-plan.ts";
import { madeFrom, noteInMemory } from "./made-from.ts";
import { adoptable } from "./adopt.ts";
import type { Plan, PlanMessage } from "./plan.ts";
import { nodesIn, type PlanNode } from "./plan-node.ts";
import { followReferences, settleLevels, settleOrder } from "./relations.ts";
import type { Revisions } from "./revisions.ts";

export interface PlanRequest {
  /** The application to change; else the one that the blueprint names. */
  readonly application?: Entity | undefined;
  /** Whether a new application is meant, whatever runs. */
  readonly isNew?: boolean;
  /** How replacements go, whatever would clash. */
  readonly order?: PlanNode["order"] | undefined;
}

/** A plan, and what it takes to do it. */
export interface Planned {
  readonly plan: Plan;
  readonly root: PlanNode | undefined;
  readonly spec: EntitySpec | undefined;
  /** What is changed; absent where a new application would be made. */
  readonly application: Entity | undefined;
}

/** Finds out what a blueprint would do, without touching anything. */
export class Planner {
  readonly #plane: Plane;
  readonly #locations: PlaneLocations;
  readonly #blueprints: BlueprintReader;
  readonly #revisions: Revisions;
  /** Names of plans tell nothing of what they were made from. */
  readonly #salt = randomBytes(16);

  /** Id of the task that changes an application now: set by `Changes`, which works with plans. */
  taskUnderWay: (application: Entity) => string | undefined = () => undefined;

  constructor(plane: Plane, locations: PlaneLocations, blueprints: BlueprintReader, revisions: Revisions) {
    this.#plane = plane;
    this.#locations = locations;
    this.#blueprints = blueprints;
    this.#revisions = revisions;
  }

  /** Opens what a blueprint names by URL: to be awaited before its plan is made. */
  open(text: string): Promise<void> {
    return this.#blueprints.open(text);
  }

  /** @throws ClockerError `conflict` when several applications bear the blueprint's name and none is given */
  plan(text: string, request: PlanRequest = {}): Planned {
    const { spec, problems, warnings } = this.#blueprints.examine(text);
    const application = request.isNew === true || spec === undefined ? undefined : (request.application ?? this.#named(spec));
    const messages = problems.map(messageOf);
    const name = application?.displayName ?? spec?.displayName ?? request.application?.displayName ?? "";
    const revision = application === undefined ? undefined : this.#revisions.current(application)?.number;
    const common = { application: { ...(application === undefined ? {} : { id: application.id }), name, ...(revision === undefined ? {} : { revision }) }, isNew: application === undefined };
    if (spec === undefined) {
      const summary = { added: 0, removed: 0, replaced: 0, changed: 0, unchanged: 0, containers: 0 };
      return { plan: { id: this.#idOf(text, undefined), ...common, hasChanges: false, summary, hosts: [], problems: messages, warnings }, root: undefined, spec, application };
    }
    if (application !== undefined) this.#adopt(application);
    const root = application === undefined ? described(spec, undefined, "add") : compareTree(this.#plane, application, spec);
    followReferences(root, this.#plane.types);
    settleLevels(root);
    for (const node of nodesIn(root)) settleOrder(node, this.#plane.types, request.order);
    const { tree, hosts, summary, problems: found, warnings: told } = describePlan(this.#plane, this.#locations, root);
    const hasChanges = [...nodesIn(root)].some(({ action }) => action !== "none");
    const plan: Plan = { id: this.#idOf(JSON.stringify(spec), application), ...common, hasChanges, summary, tree, hosts, problems: [...messages, ...this.#unknownLocations(spec), ...found], warnings: [...warnings, ...this.#underWay(application), ...told] };
    return { plan, root, spec, application };
  }

  #underWay(application: Entity | undefined): PlanMessage[] {
    const task = application === undefined ? undefined : this.taskUnderWay(application);
    return task === undefined ? [] : [{ message: `"${application?.displayName ?? ""}" is being changed: this is how it stands in the middle of that`, remedy: `Plan again when task ${task} has ended` }];
  }

  /** The one application of the blueprint's id or name. */
  #named(spec: EntitySpec): Entity | undefined {
    const { planId, displayName } = spec;
    const all = this.#plane.applications();
    const byId = planId === undefined ? [] : all.filter((each) => each.planId === planId);
    const found = byId.length > 0 || displayName === undefined ? byId : all.filter((each) => each.displayName === displayName);
    if (found.length < 2) return found[0];
    throw new ClockerError("conflict", `${found.length} applications are called "${displayName ?? planId}"`, { remedy: `Say which one: ${found.map(({ id }) => id).join(", ")}`, details: { candidates: found.map(({ id }) => id) } });
  }

  /** What was deployed by an earlier release has no records: they are made of its blueprint, in memory alone until it is changed. */
  #adopt(application: Entity): void {
    if (madeFrom(this.#plane, application) !== undefined) return;
    for (const [entity, spec] of adoptable(application, (text) => this.#blueprints.read(text).spec)) noteInMemory(this.#plane, entity, { spec });
  }

  #unknownLocations(spec: EntitySpec): PlanMessage[] {
    return [...new Map([...referencesIn(spec)].map((each) => [each.spec, each])).values()].flatMap((reference) => {
      if (reference.spec.startsWith("$brooklyn:")) return [];
      try {
        this.#locations.check(reference);
        return [];
      } catch (error) {
        if (!(error instanceof ClockerError)) throw error;
        return [messageOf(error)];
      }
    });
  }

  #idOf(blueprint: string, application: Entity | undefined): string {
    const hash = createHash("sha256").update(this.#salt).update(blueprint);
    for (const entity of application?.descendants() ?? []) {
      hash.update(JSON.stringify([entity.id, entity.displayName, madeFrom(this.#plane, entity), [...entity.config.own()], entity.members.size]));
    }
    return `p-${hash.digest("hex").slice(0, 10)}`;
  }
}

export function messageOf(error: ClockerError): PlanMessage {
  const { line, column, excerpt } = error.details;
  return {
    message: error.message,
    code: error.code,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...(typeof line === "number" ? { line } : {}),
    ...(typeof column === "number" ? { column } : {}),
    ...(typeof excerpt === "string" ? { excerpt } : {}),
  };
}

function* referencesIn(spec: EntitySpec): Generator<LocationReference> {
  yield* spec.locations ?? [];
  for (const child of spec.children) yield* referencesIn(child);
}
