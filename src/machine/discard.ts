import { ClockerError, messageOf, remedyOf } from "../model/errors.ts";

/** Milliseconds for removing what a failed upload left. */
const DISCARD_TIMEOUT = 30_000;

/**
 * Removes what a failed step left, then throws the step's failure. Where the removal fails as well, the failure says so, under its own code.
 */
export async function discardAfter(failure: unknown, left: string, remove: (signal: AbortSignal) => Promise<void>): Promise<never> {
  try {
    await remove(AbortSignal.timeout(DISCARD_TIMEOUT));
  } catch (error) {
    const code = failure instanceof ClockerError ? failure.code : "internal";
    const remedy = remedyOf(failure);
    throw new ClockerError(code, `${messageOf(failure)}; "${left}" may be left there`, { cause: new AggregateError([failure, error], "the removal failed too"), ...(remedy && { remedy }) });
  }
  throw failure;
}
