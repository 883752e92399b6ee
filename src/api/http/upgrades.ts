import type { IncomingMessage } from "node:http";
import type { Api } from "../api-context.ts";

/** Only WebSockets: other clients offer other protocols (Java's offers `h2c` with each first request), and get a plain answer. */
export const upgrades = {
  shouldUpgradeCallback: ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === "websocket",
};

/** A request for a WebSocket that is answered in another way ends its connection: nobody reads from it any more. */
export function endRefusedUpgrades(api: Api): void {
  api.addHook("onResponse", async ({ raw }) => {
    if (upgrades.shouldUpgradeCallback(raw)) raw.socket.end();
  });
}
