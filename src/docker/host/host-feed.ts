import type { Entity } from "../../model/entity.ts";
import { messageOf } from "../../model/errors.ts";
import { setNotUp } from "../../software/stock/service-state.ts";
import { startPolling } from "../../software/feed/poll.ts";
import { HOST_POLL_PERIOD, SCAN_INTERVAL } from "../keys.ts";
import { scanContainers } from "./container-scan.ts";
import { readHost } from "./host-readings.ts";
import type { HostRuntime } from "./host-runtime.ts";

/** A host that fails to answer this often in a row is not up. */
const FAILURES_TO_BE_DOWN = 2;

/** Reads the machine, scans its containers, and listens to the engine's events so that a container that dies is seen at once. */
export function feedHost(runtime: HostRuntime): void {
  const { host } = runtime;
  const reading = startPolling({ entity: host, name: "read machine", period: host.config.peek(HOST_POLL_PERIOD), poll: (work) => readHost(runtime, work), ...tellsOf(host, "machine") });
  const scanning = startPolling({ entity: host, name: "scan containers", period: host.config.peek(SCAN_INTERVAL), poll: (work) => scanContainers(runtime, work), ...tellsOf(host, "engine") });
  const listening = listen(runtime, () => scanning.now());
  host.addFeed(() => {
    reading.stop();
    scanning.stop();
    listening();
  });
}

/** A host that does not answer, several times in a row, is not up; it is again when it answers. */
function tellsOf(host: Entity, what: string): { onSuccess: () => void; onFailure: (error: unknown) => void } {
  let failures = 0;
  return {
    onSuccess: () => {
      failures = 0;
      setNotUp(host, what, undefined);
    },
    onFailure: (error) => {
      failures++;
      if (failures >= FAILURES_TO_BE_DOWN) setNotUp(host, what, `The ${what} does not answer: ${messageOf(error)}`);
    },
  };
}

/** Calls back on container events; takes the stream up again when it breaks. */
function listen(runtime: HostRuntime, onEvent: () => void): () => void {
  const { clock } = runtime.host.management;
  const controller = new AbortController();
  const { signal } = controller;
  void (async () => {
    for (let pause = 1_000; !signal.aborted; pause = Math.min(60_000, pause * 2)) {
      try {
        for await (const { action } of runtime.engine.containerEvents(signal)) {
          pause = 1_000;
          if (!action.startsWith("exec_")) onEvent();
        }
      } catch {
        // The engine went away; the scan tells so. Here it is only tried again.
      }
      await clock.sleep(pause, signal).catch(() => {});
    }
  })();
  return () => controller.abort();
}
