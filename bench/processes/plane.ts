import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { startLocalServer } from "../../src/cli/server/local-server.ts";
import { openServerLog } from "../../src/cli/server/server-log.ts";
import { loadProperties } from "../../src/management/properties/load-properties.ts";
import { serve } from "../support/child.ts";
import { Publisher } from "../support/publisher.ts";
import { fill, publishOne, simulated } from "../support/simulated-application.ts";

/**
 * A management server as `clocker launch` starts it (same server, same API, same store on the disk), of which a benchmark can also ask what no user can:
 * many entities at once, sensors that change by themselves at a certain rate, how long its event loop stood still, how much memory it has.
 */
const [dataDir = ""] = process.argv.slice(2);
const properties = await loadProperties({ global: false, env: {}, home: dataDir });
const log = await openServerLog(dataDir, () => {});
const { server, api } = await startLocalServer({ dataDir, properties, log, port: { first: 0, orNext: false }, onEnd: () => process.exit(1) });
const { plane } = server;

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();

let processes = simulated(plane);
const publisher = new Publisher((number) => publishOne(processes, number));

serve({
  url: () => api.url,
  ready: async () => {
    while (!server.isReady) await sleep(1);
  },
  fill: async (count) => {
    const id = await fill(server, Number(count));
    processes = simulated(plane);
    return { id, entities: plane.entities.size, processes: processes.map((each) => each.id) };
  },
  rate: (perSecond) => publisher.rate(Number(perSecond)),
  /** Milliseconds that the event loop was late, since the last time that this was asked. */
  delays: () => {
    const answer = { max: delays.max / 1e6, p99: delays.percentile(99) / 1e6 };
    delays.reset();
    return answer;
  },
  memory: async () => {
    await plane.documents.flush();
    for (let round = 0; round < 3; round++) {
      globalThis.gc?.();
      await sleep(50);
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, used: heapUsed + external };
  },
});
