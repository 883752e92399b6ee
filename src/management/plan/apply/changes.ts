import type { Entity } from "../../../model/entity.ts";
import { ClockerError, messageOf } from "../../../model/errors.ts";
import type { Submitted } from "../../../model/management.ts";
import type { Work } from "../../../model/work.ts";
import type { Applications, Deployment } from "../../applications.ts";
import type { Plane } from "../../plane.ts";
import { madeFrom, record } from "../made-from.ts";
import type { Plan, PlanSummary } from "../plan.ts";
import { nodesIn, type PlanNode } from "../plan-node.ts";
import type { Planned, Planner, PlanRequest } from "../planner.ts";
import type { Revision, Revisions } from "../revisions.ts";
import { changeFailed, ChangeRun } from "./change-run.ts";

export interface ApplyRequest extends PlanRequest {
  /** How many entities are changed at once. */
  readonly parallel?: number;
  /** Milliseconds for which what is new must stay up. */
  readonly monitor?: number;
  /** Milliseconds in which it must come up. */
  readonly timeout?: number;
  /** Whether everything is put back when a part fails. */
  readonly rollback?: boolean;
  /** The plan that was looked at: refused when it would be another one now. */
  readonly planId?: string | undefined;
  /** The user, for the application's history. */
  readonly by?: string;
  readonly note?: string | undefined;
  /** The revision that this goes back to. */
  readonly of?: number;
}

export interface Applied {
  readonly plan: Plan;
  /** Absent where there was nothing to change. */
  readonly change?: Submitted<unknown>;
  readonly application?: Entity;
  readonly revision?: number;
  /** Of an application that was not there before. */
  readonly deployment?: Deployment;
}

export const DEFAULT_MONITOR = 5_000;
export const DEFAULT_TIMEOUT = 5 * 60_000;

/** Brings applications to what their blueprints say. */
export class Changes {
  readonly #plane: Plane;
  readonly #planner: Planner;
  readonly #revisions: Revisions;
  readonly #deploy: Applications["deploy"];
  readonly #isGoing: (application: Entity) => boolean;
  readonly #underWay = new Map<string, Submitted<unknown>>();

  constructor(init: { plane: Plane; planner: Planner; revisions: Revisions; deploy: Applications["deploy"]; isGoing: (application: Entity) => boolean }) {
    this.#plane = init.plane;
    this.#planner = init.planner;
    this.#revisions = init.revisions;
    this.#deploy = init.deploy;
    this.#isGoing = init.isGoing;
    init.planner.taskUnderWay = ({ id }) => this.#underWay.get(id)?.task.id;
  }

  isUnderWay(application: Entity): boolean {
    return this.#underWay.has(application.id);
  }

  /** The revisions of an application; one that was being applied when the server ended was interrupted. */
  revisions(application: Entity): Revision[] {
    return this.#revisions.of(application).map((each) => (each.outcome === "applying" && !this.isUnderWay(application) ? { ...each, outcome: "interrupted" as const } : each));
  }

  /**
   * Makes an application what a blueprint says, or makes it where there is none.
   * @throws ClockerError `invalid-blueprint` and the like for what can't be; `conflict` when the plan is not the one that was looked at, or
   *   the application is being changed
   */
  async apply(text: string, request: ApplyRequest = {}): Promise<Applied> {
    await this.#planner.open(text);
    const planned = this.#planner.plan(text, request);
    const { plan, application, root } = planned;
    refuseProblems(plan);
    if (request.planId !== undefined && request.planId !== plan.id) {
      throw new ClockerError("conflict", `Cannot apply plan ${request.planId}: "${plan.application.name}" or the blueprint has changed since`, { remedy: "Make a plan again, and look at it", details: { plan: plan.id } });
    }
    if (application === undefined || root === undefined) {
      const deployment = await this.#deploy(text, { by: request.by ?? "anonymous", ...(request.note === undefined ? {} : { note: request.note }) });
      return { plan, deployment, application: deployment.application, revision: 1, ...(deployment.start === undefined ? {} : { change: deployment.start }) };
    }
    if (this.isUnderWay(application)) throw new ClockerError("conflict", `Cannot change "${application.displayName}": another change of it is under way`, { remedy: "Wait until it has ended, or cancel it", details: { task: this.#underWay.get(application.id)?.task.id ?? "" } });
    if (this.#isGoing(application)) throw new ClockerError("conflict", `Cannot change "${application.displayName}": it is being deleted`);
    if (!plan.hasChanges) return { plan, application };
    return { plan, application, ...this.#start(text, planned, application, root, request) };
  }

  /** Goes back to what an earlier revision said. @throws ClockerError `not-found` for one that is not kept, and as `apply` */
  rollBack(application: Entity, number: number, request: ApplyRequest = {}): Promise<Applied> {
    const text = this.#revisions.text(application, number);
    return this.apply(text, { note: `Back to revision ${number}`, ...request, application, of: number });
  }

  #start(text: string, { plan }: Planned, application: Entity, root: PlanNode, request: ApplyRequest): { change: Submitted<unknown>; revision: number } {
    const { by = "anonymous", note, of } = request;
    if (this.#revisions.of(application).length === 0) for (const { entity } of nodesIn(root)) keep(this.#plane, entity);
    const before = this.#revisions.current(application)?.number;
    const revision = this.#revisions.add(application, text, { by, outcome: "applying", changes: summaryText(plan.summary), ...(note === undefined ? {} : { note }), ...(of === undefined ? {} : { of }) });
    const name = `Changing ${application.displayName} to revision ${revision.number}`;
    const change = this.#plane.submit(application, name, (work) => this.#run({ text, application, root, revision, before, request }, work), {
      description: `${revision.changes}${note === undefined ? "" : `: ${note}`}`,
      tags: ["EFFECTOR", "NON-TRANSIENT"],
    });
    this.#underWay.set(application.id, change);
    change.result.catch(() => {}).finally(() => this.#underWay.delete(application.id));
    return { change, revision: revision.number };
  }

  async #run({ text, application, root, revision, before, request }: Going, work: Work): Promise<unknown> {
    const { monitor = DEFAULT_MONITOR, timeout = DEFAULT_TIMEOUT, parallel = 1 } = request;
    const run = new ChangeRun(this.#plane, root, { gate: { monitor, timeout }, parallel: Math.max(1, parallel) });
    const what = `Cannot change "${application.displayName}" to revision ${revision.number}`;
    try {
      await run.begin();
      await run.run(work);
    } catch (error) {
      // The server ends: at its next start the application can be changed again, from where it is.
      if (isShuttingDown(work)) throw error;
      if (request.rollback === false || !application.isManaged || this.#isGoing(application) || isStopping(work)) throw await this.#failed(application, revision, "failed", changeFailed(what, error, undefined));
      const failures = await this.#rollBack(run, application, before, work);
      throw await this.#failed(application, revision, failures.length === 0 ? "rolled back" : "failed", changeFailed(what, error, { isRolledBack: true, failures }));
    }
    setBlueprintTag(application, text);
    this.#revisions.end(application, revision.number, "applied");
    await this.#plane.documents.flush();
    const left = await run.removeGone(work);
    await this.#plane.documents.flush();
    if (left.length > 0) throw new ClockerError("effector-failed", `"${application.displayName}" runs revision ${revision.number}, but not everything that it has not any more could be removed: ${left.join("; ")}`, { remedy: "Mend the cause and apply again" });
    return { revision: revision.number, changes: revision.changes };
  }

  /** As a task of its own: what cancelled the change does not cancel the way back. */
  async #rollBack(run: ChangeRun, application: Entity, before: number | undefined, work: Work): Promise<string[]> {
    const name = `Rolling ${application.displayName} back${before === undefined ? "" : ` to revision ${before}`}`;
    work.waitFor(name);
    const { result } = this.#plane.submit(application, name, (own) => run.rollBack(own), { tags: ["EFFECTOR", "NON-TRANSIENT"] });
    try {
      return await result;
    } catch (error) {
      return [messageOf(error)];
    }
  }

  async #failed(application: Entity, revision: Revision, outcome: Revision["outcome"], error: ClockerError): Promise<ClockerError> {
    if (application.isManaged) this.#revisions.end(application, revision.number, outcome, messageOf(error));
    await this.#plane.documents.flush();
    return error;
  }
}

interface Going {
  readonly text: string;
  readonly application: Entity;
  readonly root: PlanNode;
  readonly revision: Revision;
  readonly before: number | undefined;
  readonly request: ApplyRequest;
}

function refuseProblems({ problems, application }: Plan): void {
  const [first, ...others] = problems;
  // A cloud that is full today may not be when it comes to it: the gate and the way back are for that.
  const blocking = [first, ...others].find((each) => each !== undefined && each.code !== "no-capacity");
  if (blocking === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const code = blocking.code === "conflict" ? "conflict" : blocking.code === "unknown-type" || blocking.code === "unknown-location" || blocking.code === "invalid-yaml" ? blocking.code : "invalid-blueprint";
  throw new ClockerError(code, `${blocking.message}${more}`, { ...(blocking.remedy === undefined ? {} : { remedy: blocking.remedy }), details: { problems: problems.map(({ message }) => message), application: application.name } });
}

/** `1 replaced, 2 added`. */
export function summaryText({ added, removed, replaced, changed }: PlanSummary): string {
  const parts = [[added, "added"], [replaced, "replaced"], [changed, "changed"], [removed, "removed"]] as const;
  return parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(", ") || "nothing to change";
}

/** What was deployed by an earlier release has its records in memory alone until now. */
function keep(plane: Plane, entity: Entity | undefined): void {
  const made = entity === undefined ? undefined : madeFrom(plane, entity);
  if (entity !== undefined && made !== undefined) record(plane, entity, made);
}

function setBlueprintTag(application: Entity, contents: string): void {
  const others = application.tags.filter((tag) => typeof tag !== "object" || tag === null || Array.isArray(tag) || tag["kind"] !== "yaml_spec");
  application.tags.splice(0, application.tags.length, ...others, { kind: "yaml_spec", contents });
  application.touch();
}

function isShuttingDown({ signal }: Work): boolean {
  return signal.aborted && signal.reason instanceof ClockerError && signal.reason.code === "interrupted";
}

/** The application is being stopped: what runs of it is not started again. */
function isStopping({ signal }: Work): boolean {
  return signal.aborted && signal.reason instanceof ClockerError && signal.reason.details["isStopping"] === true;
}
