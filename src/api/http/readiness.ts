import { ClockerError } from "../../model/errors.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { isReading } from "./reply-headers.ts";

/** While the server starts or shuts down nothing may be changed, nor entities be read that are still being restored (reference, 1.3). */
export function refuseUntilReady(api: Api, context: ApiContext): void {
  api.addHook("onRequest", async ({ method, url, headers }) => {
    if (context.server.isReady && !context.isShuttingDown) return;
    if (headers["brooklyn-allow-non-master-access"] === "true" || /^\/v1\/(logout|server\/shutdown)\b/.test(url)) return;
    if (!isReading(method)) throw new ClockerError("forbidden", "This request is only permitted against an active primary Brooklyn server");
    if (/^\/v1\/(applications|catalog|locations|find|workload)\b/.test(url)) throw new ClockerError("forbidden", "This request is only permitted against an active primary or hot standby/backup Brooklyn server");
  });
}
