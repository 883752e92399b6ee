import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Sensor } from "../../model/sensor.ts";
import type { EntitySpec, Json } from "../../model/spec.ts";
import { entityReference } from "../group/group.ts";

interface OptionalChild {
  /** The key that its spec is under. */
  readonly key: string;
  readonly spec: EntitySpec | undefined;
  /** Tells of the child that was made. */
  readonly reference: Sensor<unknown>;
  /** The child's sensors that the parent gets too: all usual ones when empty; none when undefined. */
  readonly sensors: readonly string[] | undefined;
}

/** Makes a child once; a later start finds it. */
export async function optionalChild(parent: Entity, { key, spec, reference, sensors }: OptionalChild): Promise<Entity> {
  const known = parent.get(reference);
  const existing = typeof known === "object" && known !== null && "id" in known ? parent.management.entity(String(known.id)) : undefined;
  if (existing !== undefined) return existing;
  if (spec === undefined) throw new ClockerError("invalid-value", `Cannot make the child of "${parent.displayName}": "${key}" is not set`);
  const child = parent.management.create(spec, parent);
  parent.set(reference, entityReference(child));
  if (sensors !== undefined) propagate(child, parent, sensors);
  await parent.management.documents.flush();
  return child;
}

const PROPAGATOR = "org.apache.brooklyn.enricher.stock.Propagator";
/** What every entity has of its own. */
const OWN = ["service.isUp", "service.state", "service.state.expected", "service.problems", "service.notUp.indicators", "service.notUp.diagnostics"];

function propagate(from: Entity, to: Entity, names: readonly string[]): void {
  const which: Record<string, Json> = names.length > 0 ? { "enricher.propagating.inclusions": [...names] } : { "enricher.propagating.propagatingAllBut": OWN };
  to.addAdjunct({ type: PROPAGATOR, uniqueTag: `propagate-${from.id}`, config: { "enricher.producer": entityReference(from), ...which } });
}
