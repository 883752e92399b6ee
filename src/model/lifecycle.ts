/** Brooklyn's lifecycle states; `service.state` takes one of these. */
export const lifecycles = ["CREATED", "STARTING", "RUNNING", "STOPPING", "STOPPED", "DESTROYED", "ON_FIRE"] as const;
export type Lifecycle = (typeof lifecycles)[number];

/** What the entity is meant to be (`service.state.expected`), and since when. */
export interface Transition {
  state: Lifecycle;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * `service.isUp` and `service.state` from their causes, as Brooklyn computes them: up when nothing says it is not; the expected state,
 * but on fire when it should run and has problems or is not up.
 */
export function serviceState(input: {
  expected: Transition | undefined;
  problems: Readonly<Record<string, unknown>>;
  notUpIndicators: Readonly<Record<string, unknown>>;
}): { isUp: boolean; state: Lifecycle } {
  const expected = input.expected?.state ?? "CREATED";
  const isUp = (expected === "RUNNING" || expected === "STARTING") && Object.keys(input.notUpIndicators).length === 0;
  if (expected === "RUNNING" && (!isUp || Object.keys(input.problems).length > 0)) return { isUp, state: "ON_FIRE" };
  return { isUp, state: expected };
}
