import { ClockerError } from "../../model/errors.ts";

/** A failure to read or check a blueprint, as Brooklyn words it: `Invalid YAML…` or `Error in blueprint: …`. */
export function blueprintFailure(error: ClockerError): ClockerError {
  return error.status === 400 ? reworded(error, error.code === "invalid-yaml" ? "Invalid YAML" : "Error in blueprint") : error;
}

/** A failure after the entities were made. */
export function launchFailure(error: ClockerError): ClockerError {
  return error.status === 400 ? reworded(error, "Error launching blueprint") : error;
}

function reworded(error: ClockerError, prefix: string): ClockerError {
  if (error.message.startsWith(prefix)) return error;
  const { remedy, cause, details } = error;
  return new ClockerError(error.code, `${prefix}: ${error.message}`, { ...(remedy === undefined ? {} : { remedy }), cause, details: { ...details } });
}
