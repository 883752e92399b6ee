import { Entity } from "../entity.ts";
import { ClockerError, type ErrorCode } from "../errors.ts";
import { isRecord } from "./subject.ts";

/** Java's names for what a value is, the way up to the most general, as `java-instance-of` compares with. */
export function classNames(value: unknown): readonly string[] {
  if (value instanceof Entity) return [value.typeName, ...value.type.traits];
  if (value instanceof Error) return errorNames(value);
  if (typeof value === "string") return ["java.lang.String", "java.lang.CharSequence", OBJECT];
  if (typeof value === "boolean") return ["java.lang.Boolean", OBJECT];
  if (typeof value === "number") return Number.isInteger(value) ? ["java.lang.Integer", "java.lang.Long", "java.lang.Number", OBJECT] : ["java.lang.Double", "java.lang.Float", "java.lang.Number", OBJECT];
  if (Array.isArray(value)) return ["java.util.List", "java.util.Collection", "java.lang.Iterable", OBJECT];
  if (isLocation(value)) return [value.type, "org.apache.brooklyn.api.location.Location", OBJECT];
  return isRecord(value) ? ["java.util.Map", OBJECT] : [];
}

const OBJECT = "java.lang.Object";

/** Exceptions of Brooklyn that blueprints filter by, for the errors that mean the same. */
const exceptions: Partial<Readonly<Record<ErrorCode, string>>> = {
  "no-machine": "org.apache.brooklyn.api.location.NoMachinesAvailableException",
  "no-capacity": "org.apache.brooklyn.core.entity.trait.Resizable$InsufficientCapacityException",
  timeout: "java.util.concurrent.TimeoutException",
  cancelled: "java.util.concurrent.CancellationException",
};

function errorNames(error: Error): string[] {
  const own = error instanceof ClockerError ? exceptions[error.code] : undefined;
  return [...(own === undefined ? [] : [own]), error.name, "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable", OBJECT];
}

function isLocation(value: unknown): value is { readonly type: string } {
  return typeof value === "object" && value !== null && "spec" in value && "type" in value && typeof value.type === "string" && "parent" in value;
}
