import { ClockerError } from "../../model/errors.ts";
import type { Api } from "../api-context.ts";
import { isReading } from "../http/reply-headers.ts";
import type { AccessRules } from "./access-rules.ts";
import { isAllowedOrigin } from "./cors-rules.ts";
import { isThisComputer } from "./this-computer.ts";

/**
 * Keeps web pages from elsewhere from using the API through the browser of somebody who may: requests that change anything must not come from
 * another origin; and where nobody has to sign in, because only this computer can connect, the name in the Host header must be this computer's, so that a name that
 * was pointed here (DNS rebinding) gets nothing.
 */
export function refuseOtherSites(api: Api, rules: AccessRules): void {
  api.addHook("onRequest", async (request) => {
    const host = hostNameOf(request.headers.host ?? "");
    if (rules.isLocalOnly && !isThisComputer(host)) {
      throw new ClockerError("forbidden", `Cannot answer requests for host "${host}"`, { remedy: "Use http://127.0.0.1 or http://localhost, or configure users in the properties file" });
    }
    // Who opens a WebSocket is not held to its own origin by the browser.
    if (isReading(request.method) && request.headers.upgrade === undefined) return;
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    if (origin !== undefined ? !isSameOrigin(origin, request.headers.host ?? "") && !isAllowedOrigin(rules.cors, origin) : site === "cross-site" || site === "same-site") {
      throw new ClockerError("forbidden", `Cannot take a ${request.method} request from the web page at "${origin ?? "another site"}"`, { remedy: "Only pages of this server may change anything" });
    }
  });
}

/** Without the port, in lower case, an IPv6 address without brackets. */
function hostNameOf(host: string): string {
  const lower = host.trim().toLowerCase();
  return lower.startsWith("[") ? lower.slice(1, lower.indexOf("]")) : lower.replace(/:\d*$/, "");
}

function isSameOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}
