import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { computing, rateEnricher, stockEnricher } from "../enricher-type.ts";
import { transformationType } from "../functions.ts";
import { PRODUCER, SOURCE_SENSOR, TARGET_SENSOR } from "../keys.ts";
import { publish } from "../sensors.ts";
import { type Change, followChanges } from "./change-over-time.ts";

export const DELTA_PERIOD = configKey("enricher.delta.period", types.duration, "The time that a rate is per", { flag: "deltaPeriod", aliases: ["period"], defaultValue: 1_000 });
export const UNIT_MILLIS = configKey("unitMillis", types.integer, "The time that a rate is per: milliseconds", { defaultValue: 1_000 });
export const POST_PROCESSOR = configKey("postProcessor", transformationType, "Function of the rate that gives what is published");
export const NANOS_PER_UNIT = configKey("nanosPerOrigUnit", types.long, "Nanoseconds in a unit of the source: 1000000 when it counts milliseconds", { aliases: ["nanosPerUnit"], defaultValue: 1_000_000 });

const common: readonly ConfigKey[] = [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR];

export const deltaEnricher = rateEnricher({
  name: "DeltaEnricher",
  displayName: "Delta",
  description: "Computes by how much a number changed",
  config: common,
  begin: (settings) => following(settings, ({ by }) => by),
});

export const timeWeightedDeltaEnricher = rateEnricher({
  name: "TimeWeightedDeltaEnricher",
  displayName: "Time-weighted Delta",
  description: "Computes how fast a number grows, for instance requests per second",
  config: [...common, UNIT_MILLIS, POST_PROCESSOR],
  begin: (settings) => {
    const [unit, process] = [settings.get(UNIT_MILLIS), settings.get(POST_PROCESSOR)];
    return following(settings, (change) => (process === undefined ? rate(change, unit) : process(rate(change, unit))));
  },
});

export const yamlTimeWeightedDeltaEnricher = stockEnricher({
  name: "YamlTimeWeightedDeltaEnricher",
  displayName: "Time-weighted Delta",
  description: "Computes how fast a number grows, for instance requests per second",
  config: [...common, DELTA_PERIOD, POST_PROCESSOR],
  begin: (settings) => {
    const [unit, process] = [settings.get(DELTA_PERIOD), settings.get(POST_PROCESSOR)];
    return following(settings, (change) => (process === undefined ? rate(change, unit) : process(rate(change, unit))));
  },
});

export const timeFractionDeltaEnricher = rateEnricher({
  name: "TimeFractionDeltaEnricher",
  displayName: "Time-fraction Delta",
  description: "Computes from a sum of times, for instance of processor time, what share of the time was used",
  config: [...common, NANOS_PER_UNIT],
  begin: (settings) => {
    const nanos = settings.get(NANOS_PER_UNIT);
    return following(settings, ({ by, over }) => (by * nanos) / (over * 1_000_000));
  },
});

function rate({ by, over }: Change, unit: number): number {
  return (by * unit) / over;
}

function following(settings: Settings, compute: (change: Change) => unknown): () => void {
  const target = settings.require(TARGET_SENSOR);
  return followChanges(settings.entity(PRODUCER), settings.require(SOURCE_SENSOR), (change) => computing(settings.adjunct, () => publish(settings.owner, target, compute(change))));
}
