import type { DroppedGroup, Verdict } from "../../docker/placement/types.ts";
import type { Json } from "../../model/spec.ts";
import type { Action, DifferenceKind, Effect } from "./plan-node.ts";

/** What a blueprint would do, as plain JSON without secrets. */
export interface Plan {
  /** Names this plan and nothing else: the same blueprint for the same state of the application has the same. */
  readonly id: string;
  readonly application: { readonly id?: string; readonly name: string; readonly revision?: number };
  readonly isNew: boolean;
  readonly hasChanges: boolean;
  readonly summary: PlanSummary;
  /** Absent where nothing of the blueprint can be read. */
  readonly tree?: PlannedEntity;
  /** Hosts that Docker clouds would add. */
  readonly hosts: readonly { readonly cloud: string; readonly name: string }[];
  readonly problems: readonly PlanMessage[];
  readonly warnings: readonly PlanMessage[];
}

export interface PlanSummary {
  readonly added: number;
  readonly removed: number;
  readonly replaced: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Containers that would be made. */
  readonly containers: number;
}

export interface PlanMessage {
  readonly message: string;
  readonly code?: string;
  readonly remedy?: string;
  readonly line?: number;
  readonly column?: number;
  /** The line itself, with a caret under the column. */
  readonly excerpt?: string;
  /** Of the entity that it is about. */
  readonly path?: string;
}

export interface PlannedEntity {
  /** `Shop/web`. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly action: Action;
  readonly id?: string;
  readonly planId?: string;
  /** What is telling of its config, by short names. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly location?: PlannedLocation;
  readonly differences: readonly PlannedDifference[];
  /** What the change takes; absent where nothing changes. */
  readonly effect?: Effect;
  readonly order?: "start-first" | "stop-first";
  readonly orderReason?: string;
  readonly size?: { readonly from: number; readonly to: number };
  readonly members?: PlannedMembers;
  readonly removalReason?: string;
  /** What is changed or added before it, as it uses that. */
  readonly after: readonly string[];
  readonly waitsFor: readonly { readonly key: string; readonly on: string; readonly sensor: string }[];
  readonly placements: readonly PlannedPlacement[];
  readonly children: readonly PlannedEntity[];
}

export interface PlannedLocation {
  readonly spec: string;
  readonly isInherited: boolean;
  /** `docker`: a Docker cloud; `machines`: one that gives out machines; `unknown` until it is started. */
  readonly kind: "docker" | "machines" | "unknown";
}

export interface PlannedMembers {
  readonly type: string;
  readonly count: number;
  /** How many are made anew. */
  readonly outdated: number;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** What the members' spec says otherwise. */
  readonly differences: readonly PlannedDifference[];
}

export interface PlannedDifference {
  readonly kind: DifferenceKind;
  readonly key: string;
  readonly change: "added" | "removed" | "changed";
  readonly from?: Json;
  readonly to?: Json;
  readonly effect: Effect;
  readonly reason?: string;
}

/** Where a container would go, and why. */
export interface PlannedPlacement {
  readonly name: string;
  readonly cloud: string;
  readonly host?: string;
  readonly isNewHost: boolean;
  /** A host that is on its way is waited for. */
  readonly waits: boolean;
  readonly problem?: string;
  /** The strategies, in order. */
  readonly chain: readonly string[];
  /** Why each host is kept or dropped; on large clouds the best, and `grouped`. */
  readonly hosts: readonly Verdict[];
  readonly grouped?: readonly DroppedGroup[];
}
