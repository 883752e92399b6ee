import { ClockerError } from "../../model/errors.ts";
import { byteSizeType } from "../../model/types/byte-size.ts";
import { CoercionError, show } from "../../model/value-type.ts";
import type { ContainerSpec, EngineInfo } from "../../engine/engine.ts";

const MEBIBYTE = 1024 ** 2;

/**
 * The limits of a machine for which `minRam` or `minCores` was asked: a machine of a cloud has about what was asked, so that what fits there fits here.
 * Without them it may use all that this computer has, and more than that is never promised.
 * @throws ClockerError `invalid-value`.
 */
export function machineLimits(properties: Readonly<Record<string, unknown>>, host: Pick<EngineInfo, "cpus" | "memoryBytes">): Pick<ContainerSpec, "memoryBytes" | "cpus"> {
  const memoryBytes = given(properties["minRam"]) ? Math.min(memoryOf(properties["minRam"]), host.memoryBytes) : undefined;
  const cpus = given(properties["minCores"]) ? Math.min(coresOf(properties["minCores"]), host.cpus) : undefined;
  return { ...(memoryBytes === undefined ? {} : { memoryBytes }), ...(cpus === undefined ? {} : { cpus }) };
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** A plain number is of megabytes, as jclouds has it. */
function memoryOf(value: unknown): number {
  if (typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value.trim()))) return positive("minRam", Number(value) * MEBIBYTE, value, "a size such as 2gb, or a number of megabytes");
  try {
    return positive("minRam", byteSizeType.coerce(value), value, byteSizeType.expected);
  } catch (error) {
    if (error instanceof CoercionError) throw wrong("minRam", value, byteSizeType.expected);
    throw error;
  }
}

function coresOf(value: unknown): number {
  return positive("minCores", typeof value === "string" ? Number(value) : value, value, "a number of cores above 0");
}

function positive(key: string, number: unknown, value: unknown, expected: string): number {
  if (typeof number === "number" && Number.isFinite(number) && number > 0) return number;
  throw wrong(key, value, expected);
}

function wrong(key: string, value: unknown, expected: string): ClockerError {
  return new ClockerError("invalid-value", `Cannot use ${show(value)} for "${key}": expected ${expected}`, { details: { key } });
}
