import { unixEngine } from "../../engine/docker-engine.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { hasEngineAtHand } from "../../machine/machine.ts";
import { knownEngineSocket } from "../../provider/local/ensure-engine.ts";
import { hasHostEngine, isMachineLocation } from "../../provider/location.ts";

/**
 * The engine that runs a container for an entity: its own container's host's, or a host's of the cloud that it or an ancestor is in; else this
 * computer's. `close` ends what was opened for this call only.
 * @throws ClockerError `no-machine` when there is no engine at all
 */
export function engineFor(entity: Entity): { engine: Engine; close: () => Promise<void> } {
  const kept = { close: async () => {} };
  for (let current: Entity | undefined = entity; current !== undefined; current = current.parent) {
    for (const location of current.locations) {
      const engine = hasHostEngine(location) ? location.hostEngine() : undefined;
      if (engine !== undefined) return { engine, ...kept };
      if (isMachineLocation(location) && hasEngineAtHand(location.machine)) return { engine: location.machine.engine, ...kept };
    }
  }
  const socket = knownEngineSocket();
  if (socket === undefined) {
    throw new ClockerError("no-machine", `Cannot run a container for "${entity.displayName}": it is in no Docker cloud, and this computer has no Docker Engine`, {
      remedy: "Start its application in a Docker cloud, or install Docker Engine on the management server",
    });
  }
  const engine = unixEngine(socket, "localhost");
  return { engine, close: () => engine.close() };
}
