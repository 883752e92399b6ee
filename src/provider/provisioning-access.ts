import { ClockerError } from "../model/errors.ts";
import type { Documents } from "../model/management.ts";

const KIND = "access";
const ID = "provisioning";

/** Whether locations may give out new machines: they may, unless somebody forbade it (Brooklyn's access controller). */
export function isProvisioningAllowed(documents: Pick<Documents, "get">): boolean {
  return documents.get(KIND, ID)?.["allowed"] !== false;
}

/** Allows or forbids it for the whole plane, until it is changed again: restarts of the server included. */
export function setProvisioningAllowed(documents: Pick<Documents, "put">, allowed: boolean): void {
  documents.put(KIND, ID, { allowed });
}

/** @throws ClockerError `forbidden` while it is forbidden; what runs already goes on, and can be stopped. */
export function checkProvisioningAllowed(documents: Pick<Documents, "get">, locationName: string): void {
  if (isProvisioningAllowed(documents)) return;
  throw new ClockerError("forbidden", `Access controller forbids provisioning in "${locationName}"`, { remedy: "Allow it again: POST /v1/access/locationProvisioningAllowed?allowed=true" });
}
