import type { Entity } from "../model/entity.ts";
import type { ClockerError } from "../model/errors.ts";
import type { EntitySpec } from "../model/spec.ts";
import type { PlanMessage } from "./plan/plan.ts";

export interface BlueprintReader {
  /** Opens the blueprints that this one, or one that it names, names by URL where a type stands: to be awaited before it is read. @throws ClockerError */
  open(text: string): Promise<void>;
  /** Everything that is wrong with a blueprint and, as far as it can be read, what it describes. */
  examine(text: string): { spec: EntitySpec | undefined; problems: readonly ClockerError[]; warnings: readonly PlanMessage[] };
  /** @throws ClockerError `invalid-yaml`, `invalid-blueprint`, `unknown-type`, ... */
  read(text: string, options?: { source?: string }): { spec: EntitySpec; warnings: readonly string[] };
  /** What a blueprint adds below an entity that exists. */
  readChildren(text: string, parent: Entity): { specs: EntitySpec[]; warnings: readonly string[] };
}
