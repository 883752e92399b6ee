import type { Json } from "./spec.ts";

/** Where an entity is: a place that gives out machines, or one machine. What it can do is declared in `src/provider/location.ts`. */
export interface Location {
  readonly id: string;
  readonly name: string;
  /** The spec it was made from: `local`, `byon(hosts="...")`, `docker:abc`. */
  readonly spec: string;
  /** As REST shows it. */
  readonly type: string;
  readonly parent: Location | undefined;
  /** Config without secrets. */
  readonly config: Readonly<Record<string, Json>>;
}
