import { connect } from "node:net";
import type { AdjunctType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { policy } from "../policy-type.ts";
import { pollForFailure } from "./failure-poll.ts";
import { CONNECTION_FAILED, CONNECTION_RECOVERED } from "./ha-sensors.ts";

export const ENDPOINT = configKey("connectionFailureDetector.endpoint", types.json, "host:port to connect to", { flag: "endpoint" });
export const CONNECTION_POLL_PERIOD = configKey("connectionFailureDetector.pollPeriod", types.duration, "How often a connection is tried", { flag: "pollPeriod", aliases: ["failureDetector.pollPeriod"], defaultValue: 1_000 });
export const CONNECTION_FAILED_DELAY = configKey("connectionFailureDetector.serviceFailedStabilizationDelay", types.duration, "How long it must have failed before that is told", {
  flag: "serviceFailedStabilizationDelay",
  aliases: ["failureDetector.serviceFailedStabilizationDelay", "connectionFailedStabilizationDelay", "failedStabilizationDelay"],
  defaultValue: 0,
});
export const CONNECTION_RECOVERED_DELAY = configKey("connectionFailureDetector.serviceRecoveredStabilizationDelay", types.duration, "How long it must have been well before that is told", {
  flag: "serviceRecoveredStabilizationDelay",
  aliases: ["failureDetector.serviceRecoveredStabilizationDelay", "connectionRecoveredStabilizationDelay", "recoveredStabilizationDelay"],
  defaultValue: 0,
});

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Connects to an endpoint, from the management node, and lets go. @throws when it can't */
export type TryConnection = (endpoint: Endpoint, signal: AbortSignal) => Promise<void>;

export function connectionFailureDetectorOf(tryConnection: TryConnection): AdjunctType {
  return policy({
    name: "ha.ConnectionFailureDetector",
    displayName: "Connection Failure Detector",
    description: "Tells, by ha.connectionFailed and ha.connectionRecovered, whether an endpoint takes connections",
    config: [ENDPOINT, CONNECTION_POLL_PERIOD, CONNECTION_FAILED_DELAY, CONNECTION_RECOVERED_DELAY],
    begin: (settings) => {
      const endpoint = endpointIn(settings.require(ENDPOINT));
      return pollForFailure(settings, {
        name: `Connection to ${endpoint.host}:${endpoint.port}`,
        period: settings.get(CONNECTION_POLL_PERIOD),
        failedDelay: settings.get(CONNECTION_FAILED_DELAY),
        recoveredDelay: settings.get(CONNECTION_RECOVERED_DELAY),
        failedSensor: CONNECTION_FAILED.name,
        recoveredSensor: CONNECTION_RECOVERED.name,
        check: ({ signal }) => tryConnection(endpoint, signal),
      });
    },
  });
}

function endpointIn(value: unknown): Endpoint {
  if (typeof value === "object" && value !== null && "host" in value && "port" in value && typeof value.host === "string" && Number.isInteger(Number(value.port))) return { host: value.host, port: Number(value.port) };
  const match = typeof value === "string" ? /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(value.trim()) : null;
  const [, host, port] = match ?? [];
  if (host === undefined || Number(port) > 65_535) throw new ClockerError("invalid-value", `Cannot use ${JSON.stringify(value)} as "${ENDPOINT.name}": expected host:port`);
  return { host, port: Number(port) };
}

const CONNECT_TIMEOUT = 10_000;

/** Connects over TCP, and lets go at once. @throws ClockerError `unreachable` */
export function tryTcp({ host, port }: Endpoint, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT)]);
    const socket = connect({ host, port });
    const settle = (error?: unknown): void => {
      bounded.removeEventListener("abort", onAbort);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(new ClockerError("unreachable", `Cannot connect to ${host}:${port}: ${messageOf(error)}`, { cause: error }));
    };
    const onAbort = (): void => settle(bounded.reason);
    if (bounded.aborted) return onAbort();
    bounded.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => settle());
    socket.once("error", settle);
  });
}

export const connectionFailureDetector = connectionFailureDetectorOf(tryTcp);
