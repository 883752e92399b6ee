import { EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import type { AdjunctType } from "../../model/adjunct.ts";
import type { Settings } from "../../model/adjunct-settings.ts";
import { SERVICE_UP } from "../../model/attributes.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { together } from "../../model/follow-entities.ts";
import { startPolling } from "../../model/poll.ts";
import { types } from "../../model/types/index.ts";
import { enricher } from "../enricher-type.ts";
import { textOf, transformationType } from "../functions.ts";
import { PRODUCER } from "../keys.ts";
import { publish, valueOf } from "../sensors.ts";
import { rollingMean } from "./rolling-mean.ts";

export const LATENCY_URL = configKey("latencyDetector.url", types.string, "The URL to get", { flag: "url" });
export const LATENCY_URL_SENSOR = configKey("latencyDetector.urlSensor", types.sensorRef, "The sensor with the URL to get, where it is not given", { flag: "urlSensor" });
export const LATENCY_POST_PROCESSING = configKey("latencyDetector.urlPostProcessing", transformationType, "Function of the sensor's value that gives the URL", { flag: "urlPostProcessing" });
export const LATENCY_ROLLUP = configKey("latencyDetector.rollup", types.duration, "The time that the mean is over; no mean when unset", { flag: "rollup" });
export const LATENCY_REQUIRES_UP = configKey("latencyDetector.requireServiceUp", types.boolean, "Whether nothing is asked while the service is not up", { flag: "requireServiceUp", defaultValue: false });
export const LATENCY_PERIOD = configKey("latencyDetector.period", types.duration, "How often the URL is got", { flag: "period", defaultValue: 1_000 });

export const LAST_LATENCY = "web.request.latency.last";
export const WINDOWED_LATENCY = "web.request.latency.windowed";

/** Gets a URL to its end, from the management node. @throws when there is no answer */
export type Get = (url: string, signal: AbortSignal) => Promise<void>;

/** Seconds that a request takes, as the last one did and as the mean of a window. */
export function httpLatencyDetectorOf(get: Get): AdjunctType {
  return enricher({
    name: "org.apache.brooklyn.policy.enricher.HttpLatencyDetector",
    displayName: "HTTP Latency Detector",
    description: "Measures how long a URL takes to answer, in seconds",
    aliases: ["brooklyn.enricher.HttpLatencyDetector"],
    config: [PRODUCER, LATENCY_URL, LATENCY_URL_SENSOR, LATENCY_POST_PROCESSING, LATENCY_ROLLUP, LATENCY_REQUIRES_UP, LATENCY_PERIOD],
    begin: (settings) => measuring(settings, get),
  });
}

function measuring(settings: Settings, get: Get): () => void {
  const { adjunct, owner } = settings;
  const producer = settings.entity(PRODUCER);
  const requiresUp = settings.get(LATENCY_REQUIRES_UP);
  const url = urlOf(settings);
  const { clock } = owner.management;
  const rollup = settings.get(LATENCY_ROLLUP);
  const poll = startPolling({
    entity: owner,
    name: `Latency of ${producer.displayName}`,
    period: settings.get(LATENCY_PERIOD),
    isDue: () => url() !== undefined && (!requiresUp || producer.get(SERVICE_UP) === true),
    poll: async ({ signal }) => {
      const from = clock.now();
      await get(url() ?? "", signal);
      return (clock.now() - from) / 1_000;
    },
    onSuccess: (seconds) => publish(owner, LAST_LATENCY, seconds),
    onFailure: (error) => {
      adjunct.highlight("lastError", messageOf(error));
      publish(owner, LAST_LATENCY, undefined);
    },
  });
  const mean = rollup === undefined ? [] : [rollingMean({ producer: owner, sensor: LAST_LATENCY, length: rollup, confidenceRequired: 0, onMean: (value) => publish(owner, WINDOWED_LATENCY, value) })];
  return together([...mean, () => poll.stop()]);
}

/** The URL now; undefined while its sensor has none. */
function urlOf(settings: Settings): () => string | undefined {
  const fixed = settings.get(LATENCY_URL);
  const source = settings.get(LATENCY_URL_SENSOR);
  const process = settings.get(LATENCY_POST_PROCESSING);
  if (fixed === undefined && source === undefined) throw new ClockerError("invalid-value", `"${settings.adjunct.displayName}" on "${settings.owner.displayName}" needs "${LATENCY_URL.name}" or "${LATENCY_URL_SENSOR.name}"`);
  const producer = settings.entity(PRODUCER);
  return () => {
    const value = fixed ?? (source === undefined ? undefined : valueOf(producer, source));
    const processed = value === undefined || value === null || process === undefined ? value : process(value);
    return processed === undefined || processed === null || processed === "" ? undefined : textOf(processed);
  };
}

const TIMEOUT = 20_000;
let dispatcher: Dispatcher | undefined;

export const httpLatencyDetector = httpLatencyDetectorOf(async (url, signal) => {
  dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: TIMEOUT } });
  try {
    const answer = await request(url, { dispatcher, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]), headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });
    await answer.body.dump({ limit: 10_000_000 });
  } catch (error) {
    signal.throwIfAborted();
    throw new ClockerError("unreachable", `Cannot get "${url.replace(/\/\/[^/@]*@/, "//")}": ${messageOf(error)}`, { cause: error });
  }
});
