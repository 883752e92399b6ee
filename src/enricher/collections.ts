import { isQuorate, quorumType, type Quorum } from "../model/quorum.ts";
import { CoercionError, type ValueType } from "../model/value-type.ts";
import { type Transformation, transformationType } from "./functions.ts";
import { numberOf } from "./sensors.ts";

/** What is made of the values of several sensors. */
export type Reduction = (values: readonly unknown[]) => unknown;

const names = ["list", "average", "sum", "min", "max", "first", "isQuorate"] as const;
export type ReductionName = (typeof names)[number];

/** A name (`list`, `average`, `sum`, `min`, `max`, `first`, `isQuorate`) or a function of the list. */
export const reductionType: ValueType<ReductionName | Transformation> = {
  name: "java.lang.Object",
  expected: `one of ${names.join(", ")}, or a function of a list`,
  coerce: (value) => {
    if (typeof value !== "string") return transformationType.coerce(value);
    const name = names.find((each) => each.toLowerCase() === value.trim().toLowerCase());
    if (name === undefined) throw new CoercionError(value, reductionType.expected);
    return name;
  },
  toJson: (value) => value,
};

/** Numbers that are not there are left out; of none at all nothing is computed. `isQuorate` counts true values, among `total` when given. */
export function reductionOf(name: ReductionName | Transformation, quorum: Quorum = quorumType.coerce("allAndAtLeastOne"), total?: number): Reduction {
  if (typeof name === "function") return (values) => name(values);
  if (name === "isQuorate") return (values) => isQuorate(quorum, values.filter((value) => value === true || value === "true").length, total ?? values.length);
  if (name === "list") return (values) => [...values];
  if (name === "first") return (values) => values[0];
  return (values) => {
    const numbers: number[] = [];
    for (const value of values) {
      const number = numberOf(value);
      if (number !== undefined) numbers.push(number);
    }
    return numbers.length === 0 ? undefined : arithmetic[name](numbers);
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const arithmetic: Readonly<Record<"average" | "sum" | "min" | "max", (numbers: readonly number[]) => number>> = {
  sum,
  average: (numbers) => sum(numbers) / numbers.length,
  min: (numbers) => numbers.reduce((least, number) => Math.min(least, number)),
  max: (numbers) => numbers.reduce((most, number) => Math.max(most, number)),
};
