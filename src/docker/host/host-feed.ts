import { messageOf } from "../../model/errors.ts";
import { setNotUp } from "../../software/stock/service-state.ts";
import { poll } from "../../software/feed/poll.ts";
import { HOST_POLL_PERIOD, SCAN_INTERVAL } from "../keys.ts";
import { scanContainers } from "./container-scan.ts";
import { readHost } from "./host-readings.ts";
import type { HostRuntime } from "./host-runtime.ts";

/** A host that fails to answer this often in a row is not up. */
const FAILURES_TO_BE_DOWN = 2;

/** Reads the machine, scans its containers, and listens to the engine's events so that a container that dies is seen at once. */
export function feedHost(runtime: HostRuntime): void {
  const { host } = runtime;
  const onOutcome = (what: string) => (failures: number, error: unknown) => {
    if (failures === 0) setNotUp(host, what, undefined);
    else if (failures >= FAILURES_TO_BE_DOWN) setNotUp(host, what, `The ${what} does not answer: ${messageOf(error)}`);
  };
  const reading = poll({ entity: host, name: "read machine", period: host.config.peek(HOST_POLL_PERIOD), body: (work) => readHost(runtime, work), onOutcome: onOutcome("machine") });
  const scanning = poll({ entity: host, name: "scan containers", period: host.config.peek(SCAN_INTERVAL), body: (work) => scanContainers(runtime, work), onOutcome: onOutcome("engine") });
  const listening = listen(runtime, () => scanning.now());
  host.addFeed(() => {
    reading.stop();
    scanning.stop();
    listening();
  });
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
