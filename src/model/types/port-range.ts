import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

const HIGHEST = 65_535;
const PART = /^(\d{1,5})\s*(?:(\+)|-\s*(\d{1,5}))?$/;

/** Ports to try, in order: Brooklyn's `PortRange`. */
export class PortRange {
  /** Inclusive spans; one whose end is below its start counts down. */
  readonly spans: readonly (readonly [from: number, to: number])[];

  constructor(spans: readonly (readonly [from: number, to: number])[]) {
    this.spans = spans;
  }

  /** The port that is tried first. */
  get first(): number {
    return this.spans[0]?.[0] ?? HIGHEST;
  }

  /** Every port, in the order in which to try them. */
  *candidates(): Generator<number> {
    for (const [from, to] of this.spans) {
      const step = to < from ? -1 : 1;
      for (let port = from; port !== to + step; port += step) yield port;
    }
  }

  contains(port: number): boolean {
    return this.spans.some(([from, to]) => port >= Math.min(from, to) && port <= Math.max(from, to));
  }

  /** `80,8080-8099,18080+`. */
  toString(): string {
    return this.spans.map(([from, to]) => (from === to ? `${from}` : to === HIGHEST ? `${from}+` : `${from}-${to}`)).join(",");
  }

  toJSON(): string | number {
    return this.spans.length === 1 && this.spans[0]?.[0] === this.spans[0]?.[1] ? this.first : this.toString();
  }
}

/** A port, `8080+`, `8080-8099`, a comma list or a list of those. */
export const portRangeType: ValueType<PortRange> = {
  name: "org.apache.brooklyn.api.location.PortRange",
  expected: "a port or ports such as 8080, 8080+, 8080-8099 or 80,8080+",
  coerce: (value) => {
    if (value instanceof PortRange) return value;
    const parts: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [value];
    const spans = parts.flatMap((part) => spansOf(part) ?? refuse(value));
    return spans.length === 0 ? refuse(value) : new PortRange(spans);
  },
  toJson: (value) => value.toJSON(),
};

function spansOf(value: unknown): (readonly [number, number])[] | undefined {
  if (typeof value === "number") return isPort(value) ? [[value, value]] : undefined;
  if (typeof value !== "string") return undefined;
  const spans: (readonly [number, number])[] = [];
  for (const part of value.trim().replace(/^\[(.*)\]$/, "$1").split(",")) {
    const match = PART.exec(part.trim());
    if (match === null) return undefined;
    const from = Number(match[1]);
    const to = match[2] === "+" ? HIGHEST : match[3] === undefined ? from : Number(match[3]);
    if (!isPort(from) || !isPort(to)) return undefined;
    spans.push([from, to]);
  }
  return spans;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= HIGHEST;
}

function refuse(value: unknown): never {
  throw new CoercionError(value, portRangeType.expected);
}
