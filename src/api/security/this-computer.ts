import { isIP } from "node:net";

/** Whether a host name is always this computer's loopback interface. */
export function isThisComputer(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
