/** What is known of a pool: how much each member does. */
export interface Load {
  readonly size: number;
  /** Activity per member. */
  readonly metric: number;
  /** Bounds of the metric; those that are absent, zero or negative do not count. */
  readonly lower: number | undefined;
  readonly upper: number | undefined;
  /** Only growing, or only shrinking, is asked about. */
  readonly only?: "up" | "down";
}

export interface Limits {
  readonly min: number;
  readonly max: number;
  /** No growing beyond this: there was no capacity for more. */
  readonly highWaterMark: number | undefined;
  readonly upIncrement: number;
  readonly upMax: number;
  readonly downIncrement: number;
  readonly downMax: number;
}

export interface Decision {
  readonly direction: "up" | "down" | "none";
  /** Equal to the size where the direction is none. */
  readonly wanted: number;
  /** The size that the load alone asks for. */
  readonly unconstrained: number;
}

/**
 * The size that keeps a pool's metric within its bounds (Brooklyn's AutoScalerPolicy; reference, 8.1): the total activity is spread over so many
 * members that none is above the upper bound; or over fewer, when they are below the lower one, but never so few that they would be above the upper.
 */
export function desiredSize(load: Load, limits: Limits): Decision {
  const { size, metric, only } = load;
  const [lower, upper] = [bound(load.lower), bound(load.upper)];
  const total = metric * size;
  if (only !== "down" && upper !== undefined && metric > upper) return grow(size, whole(Math.ceil(total / upper)), limits);
  if (only !== "up" && lower !== undefined && metric < lower) return shrink(size, whole(Math.floor(total / lower)), total, upper, limits);
  return { direction: "none", wanted: size, unconstrained: size };
}

function grow(size: number, unconstrained: number, limits: Limits): Decision {
  const constrained = clampUp(unconstrained, limits);
  if (constrained <= size) return { direction: "none", wanted: size, unconstrained };
  const wanted = clampUp(size + step(constrained - size, limits.upIncrement, limits.upMax), limits);
  return wanted > size ? { direction: "up", wanted, unconstrained } : { direction: "none", wanted: size, unconstrained };
}

function shrink(size: number, unconstrained: number, total: number, upper: number | undefined, limits: Limits): Decision {
  const constrained = clamp(unconstrained, limits);
  if (constrained >= size) return { direction: "none", wanted: size, unconstrained };
  let wanted = size - step(size - constrained, limits.downIncrement, limits.downMax);
  if (upper !== undefined && wanted < size && total > upper * wanted) {
    // Too few: they would be above the upper bound at once.
    const short = Math.ceil((total / upper - wanted) / limits.downIncrement);
    wanted += short * limits.downIncrement;
  }
  wanted = clamp(wanted, limits);
  return wanted < size ? { direction: "down", wanted, unconstrained } : { direction: "none", wanted: size, unconstrained };
}

/** The change made at once: a multiple of the increment, but no more than the maximum. */
function step(delta: number, increment: number, most: number): number {
  if (delta > most) return most;
  return Math.ceil(delta / increment) * increment;
}

export function clamp(size: number, { min, max }: Pick<Limits, "min" | "max">): number {
  return Math.min(max, Math.max(min, size));
}

/** The nearest size within the limits that there is capacity for; never smaller than it is for want of capacity. */
export function withinLimits(size: number, limits: Limits): number {
  return clamp(size, limits) > size ? Math.max(size, clampUp(size, limits)) : clamp(size, limits);
}

function clampUp(size: number, limits: Limits): number {
  return Math.min(clamp(size, limits), limits.highWaterMark ?? Infinity);
}

function bound(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}

/** Sizes are 32-bit whole numbers. */
function whole(size: number): number {
  return Math.max(0, Math.min(2 ** 31 - 1, size));
}
