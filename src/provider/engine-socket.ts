import { LocalMachine } from "../machine/local-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { ClockerError } from "../model/errors.ts";

/** Where Docker Engine listens unless told otherwise. */
export const ENGINE_SOCKET = "/var/run/docker.sock";

const UNIX = "unix://";

/** The engine's socket on a machine: on this computer the one that `DOCKER_HOST` names. @throws ClockerError `invalid-value` when that is no socket of this computer. */
export function engineSocketOn(machine: Machine): string {
  return machine instanceof LocalMachine ? engineSocketHere() : ENGINE_SOCKET;
}

/** The socket of this computer's engine. @throws ClockerError `invalid-value` when `DOCKER_HOST` isn't a socket of this computer. */
export function engineSocketHere(): string {
  const endpoint = process.env["DOCKER_HOST"] || `${UNIX}${ENGINE_SOCKET}`;
  if (endpoint.startsWith(UNIX)) return endpoint.slice(UNIX.length);
  throw new ClockerError("invalid-value", `Cannot use DOCKER_HOST "${endpoint}" for machines on this computer: it must be a unix socket`, {
    remedy: "Unset DOCKER_HOST, or give that engine's computer as a byon host",
  });
}
