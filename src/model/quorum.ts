import { parseStructuredText } from "./types/index.ts";
import type { ValueType } from "./value-type.ts";
import { CoercionError } from "./value-type.ts";

/** How many of a total must be healthy (Brooklyn's `QuorumCheck`). */
export type Quorum =
  | { readonly name: QuorumName; readonly points?: undefined }
  /** Points (total, needed) of a line; between them and beyond the ends it goes on straight. */
  | { readonly points: readonly (readonly [total: number, needed: number])[]; readonly name?: undefined };

export const quorumNames = ["all", "allAndAtLeastOne", "atLeastOne", "atLeastOneUnlessEmpty", "alwaysHealthy"] as const;
export type QuorumName = (typeof quorumNames)[number];

/** What a name means: the least healthy ones, the least share of all, and whether none at all will do. */
const rules: Readonly<Record<QuorumName, { least: number; share: number; allowEmpty: boolean }>> = {
  all: { least: 0, share: 1, allowEmpty: false },
  allAndAtLeastOne: { least: 1, share: 1, allowEmpty: false },
  atLeastOne: { least: 1, share: 0, allowEmpty: false },
  atLeastOneUnlessEmpty: { least: 1, share: 0, allowEmpty: true },
  alwaysHealthy: { least: 0, share: 0, allowEmpty: true },
};

/** Sums of floating-point numbers are not exact. */
const TINY = 1e-9;

export function isQuorate(quorum: Quorum, healthy: number, total: number): boolean {
  if (quorum.points !== undefined) return healthy + TINY >= lineAt(quorum.points, total);
  const { least, share, allowEmpty } = rules[quorum.name];
  if (allowEmpty && total === 0) return true;
  return healthy >= least && healthy + TINY >= total * share;
}

/** A quorum as blueprints write it: a name, a number (that many at least), or points such as `[[0,0],[4,3]]`. */
export const quorumType: ValueType<Quorum> = {
  name: "org.apache.brooklyn.util.collections.QuorumCheck",
  expected: `a quorum: one of ${quorumNames.join(", ")}, a number, or points such as [[0,0],[4,3]]`,
  coerce: (value) => {
    if (typeof value === "number" && Number.isFinite(value)) return constant(value);
    if (typeof value === "string") return namedOrPoints(value);
    if (Array.isArray(value)) return { points: pointsOf(value) };
    if (typeof value === "object" && value !== null) {
      if ("points" in value && Array.isArray(value.points)) return { points: pointsOf(value.points) };
      if ("name" in value && typeof value.name === "string") return namedOrPoints(value.name);
    }
    return refuse(value);
  },
  toJson: (quorum) => quorum.name ?? quorum.points,
};

function namedOrPoints(text: string): Quorum {
  const word = text.trim().replaceAll(/[-_ ]/g, "").toLowerCase();
  if (word === "alwaystrue") return { name: "alwaysHealthy" };
  const name = quorumNames.find((each) => each.toLowerCase() === word);
  if (name !== undefined) return { name };
  if (/^\d{1,9}$/.test(word)) return constant(Number(word));
  const parsed = text.trim().startsWith("[") ? parseStructuredText(text) : undefined;
  return Array.isArray(parsed) ? { points: pointsOf(parsed) } : refuse(text);
}

/** The same number whatever the total. */
function constant(needed: number): Quorum {
  return { points: [[0, needed], [1, needed]] };
}

function pointsOf(value: readonly unknown[]): (readonly [number, number])[] {
  const points = value.map((point: unknown) => {
    const numbers = Array.isArray(point) ? point.map((each: unknown) => Number(each)) : [];
    const [total, needed] = numbers;
    if (numbers.length !== 2 || total === undefined || needed === undefined || !numbers.every(Number.isFinite)) return refuse(value);
    return [total, needed] as const;
  });
  points.sort(([a], [b]) => a - b);
  const isRising = points.every(([total], index) => index === 0 || total > (points[index - 1]?.[0] ?? -Infinity));
  return points.length > 0 && isRising ? points : refuse(value);
}

function lineAt(points: readonly (readonly [number, number])[], total: number): number {
  const [only] = points;
  if (points.length === 1) return only?.[1] ?? 0;
  const reached = points.findIndex(([x], index) => index > 0 && x >= total);
  const right = reached < 0 ? points.length - 1 : reached;
  const [x1, y1] = points[right - 1] ?? [0, 0];
  const [x2, y2] = points[right] ?? [1, 0];
  return y1 + ((total - x1) * (y2 - y1)) / (x2 - x1);
}

function refuse(value: unknown): never {
  throw new CoercionError(value, quorumType.expected);
}
