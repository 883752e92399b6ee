import { ClockerError } from "../../model/errors.ts";
import { show } from "../../model/value-type.ts";

/** Both ends belong to it. */
export interface HostPortRange {
  readonly first: number;
  readonly last: number;
}

/** The range of the article; Clocker took whatever Docker picked. */
export const DEFAULT_HOST_PORTS = "49000-65535";

const LARGEST = 65535;

/** Reads `49000-65535`, `49000+`, or a single port. @throws ClockerError `invalid-value`. */
export function hostPortRange(value: string): HostPortRange {
  const match = /^\s*(\d{1,5})\s*(?:(\+)|-\s*(\d{1,5}))?\s*$/.exec(value);
  const first = Number(match?.[1]);
  const last = match?.[2] === "+" ? LARGEST : Number(match?.[3] ?? match?.[1]);
  if (first >= 1 && first <= last && last <= LARGEST) return { first, last };
  throw new ClockerError("invalid-value", `Cannot use ${show(value)} as the range of host ports: expected two ports from 1 to ${LARGEST} such as "${DEFAULT_HOST_PORTS}"`, {
    details: { value, expected: DEFAULT_HOST_PORTS },
  });
}
