import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { computing, rateEnricher, stockEnricher } from "../enricher-type.ts";
import { PRODUCER, SOURCE_SENSOR, TARGET_SENSOR } from "../keys.ts";
import { numberOf, publish, valueOf } from "../sensors.ts";
import { rollingMean } from "./rolling-mean.ts";

export const WINDOW_DURATION = configKey("enricher.window.duration", types.duration, "The time that the mean is over", { flag: "timePeriod", aliases: ["windowDuration"], defaultValue: 60_000 });
export const CONFIDENCE_REQUIRED = configKey("enricher.window.confidenceRequired", types.double, "The share of the window that must be known for the mean to be published", { flag: "confidenceRequired", defaultValue: 0.8 });
export const TIME_PERIOD = configKey("timePeriod", types.duration, "The time that the mean is over", { defaultValue: 10_000 });
export const CONFIDENCE = configKey("confidenceRequired", types.double, "The share of the window that must be known for the mean to be published", { defaultValue: 0.8 });
export const WINDOW_SIZE = configKey("windowSize", types.integer, "The number of values that the mean is of", { defaultValue: 10 });

export const yamlRollingTimeWindowMeanEnricher = stockEnricher({
  name: "YamlRollingTimeWindowMeanEnricher",
  displayName: "Rolling Mean in Time Window",
  description: "Computes the mean of a number over the last time",
  config: [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR, WINDOW_DURATION, CONFIDENCE_REQUIRED],
  begin: (settings) => inWindow(settings, settings.get(WINDOW_DURATION), settings.get(CONFIDENCE_REQUIRED)),
});

export const rollingTimeWindowMeanEnricher = rateEnricher({
  name: "RollingTimeWindowMeanEnricher",
  displayName: "Rolling Mean in Time Window",
  description: "Computes the mean of a number over the last time",
  config: [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR, TIME_PERIOD, CONFIDENCE],
  begin: (settings) => inWindow(settings, settings.get(TIME_PERIOD), settings.get(CONFIDENCE)),
});

/** Values that are equal to the one before make no event and do not count; over time `RollingTimeWindowMeanEnricher` is exact. */
export const rollingMeanEnricher = rateEnricher({
  name: "RollingMeanEnricher",
  displayName: "Rolling Mean",
  description: "Computes the mean of the last values of a number",
  config: [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR, WINDOW_SIZE],
  begin: (settings) => {
    const { adjunct, owner } = settings;
    const producer = settings.entity(PRODUCER);
    const [source, target, size] = [settings.require(SOURCE_SENSOR), settings.require(TARGET_SENSOR), Math.max(1, settings.get(WINDOW_SIZE))];
    const values: number[] = [];
    const add = (raw: unknown): void => {
      const value = numberOf(raw);
      if (value === undefined) return;
      values.push(value);
      if (values.length > size) values.shift();
      computing(adjunct, () => publish(owner, target, values.reduce((sum, each) => sum + each, 0) / values.length));
    };
    add(valueOf(producer, source));
    return producer.management.events.subscribeSensor(producer.id, source, (event) => add(event.value));
  },
});

function inWindow(settings: Settings, length: number, confidenceRequired: number): () => void {
  const target = settings.require(TARGET_SENSOR);
  return rollingMean({
    producer: settings.entity(PRODUCER),
    sensor: settings.require(SOURCE_SENSOR),
    length,
    confidenceRequired,
    onMean: (mean) => computing(settings.adjunct, () => publish(settings.owner, target, mean)),
  });
}
