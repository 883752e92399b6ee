import type { Transition } from "../lifecycle.ts";
import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";
import { lifecycleType } from "./enumeration.ts";

const SHOWN = /^\s*([A-Za-z_-]{1,20})\s*@\s*(\d{1,16})\b/;
const LATEST = 8_640_000_000_000_000;

/** What an entity is meant to be and since when, in Brooklyn's form: `running @ 1403100000000 / Wed, 18 Jun 2014 14:00:00 GMT`. */
export const transitionType: ValueType<Transition> = {
  name: "org.apache.brooklyn.core.entity.lifecycle.Lifecycle$Transition",
  expected: "a state and a time such as running @ 1403100000000",
  coerce: (value) => {
    const given = typeof value === "string" ? partsOf(value) : value;
    if (!isObject(given)) return refuse(value);
    const { state, at } = given;
    if (typeof at !== "number" || !Number.isInteger(at) || at < 0 || at > LATEST) return refuse(value);
    return { state: lifecycleType.coerce(state), at: at + 0 };
  },
  toJson: ({ state, at }) => `${state.toLowerCase()} @ ${at} / ${new Date(at).toUTCString()}`,
};

function partsOf(text: string): Record<string, unknown> | undefined {
  const match = SHOWN.exec(text);
  return match === null ? undefined : { state: match[1], at: Number(match[2]) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function refuse(value: unknown): never {
  throw new CoercionError(value, transitionType.expected);
}
