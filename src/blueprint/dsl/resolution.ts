import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { EntitySpec, Json, JsonObject } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";

/** What the language needs from outside; each is optional, and a function that needs an absent one says so. */
export interface DslSuppliers {
  /** `external(provider, key)`: a secret from an external config supplier. */
  external?(provider: string, key: string, work: Work | undefined): Promise<unknown>;
  /** `object({type, ...})`: a value of a known object type, or undefined for an unknown one, which is then kept as its description. */
  object?(description: JsonObject, scope: Entity, work: Work | undefined): Promise<unknown>;
  /** `entitySpec(plan)` that was not read with its blueprint, for instance config set through REST. */
  entitySpec?(plan: Json): EntitySpec;
}

/** One resolution under way. */
export interface Resolution {
  /** Absent in immediate mode: what would have to wait is then not ready. */
  readonly work: Work | undefined;
  readonly suppliers: DslSuppliers;
  /** The config values that are being resolved now, outermost first: to find cycles and to name the way to an error. */
  readonly trail: readonly TrailStep[];
}

export interface TrailStep {
  readonly id: string;
  /** `config "url" of "Web"`. */
  readonly text: string;
}

/** Thrown in immediate mode by what would have to wait; never leaves the language. */
export class NotReady extends Error {
  constructor() {
    super("not ready");
    this.name = "NotReady";
  }
}

/** An expression that cannot be resolved, with the way to it. */
export function dslError(message: string, resolution: Resolution, remedy?: string): ClockerError {
  const way = resolution.trail.length === 0 ? "" : `, in ${resolution.trail.map((step) => step.text).join(" → ")}`;
  return new ClockerError("invalid-value", `${message}${way}`, { ...(remedy === undefined ? {} : { remedy }), details: { path: resolution.trail.map((step) => step.text) } });
}
