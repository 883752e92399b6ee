import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { textOf } from "../functions.ts";
import { TARGET_SENSOR } from "../keys.ts";
import { Producers, producerKeys } from "../producers.ts";
import { publish, valueOf } from "../sensors.ts";
import { DEFAULT_MEMBER_VALUE, EXCLUDE_BLANK } from "./aggregator.ts";

export const KEY_SENSOR = configKey("enricher.keySensor", types.sensorRef, "The sensor whose value is the key of an entity's entry", { flag: "keySensor" });
export const VALUE_SENSOR = configKey("enricher.valueSensor", types.sensorRef, "The sensor whose value is the value of an entity's entry", { flag: "valueSensor" });

export const mapAggregator = stockEnricher({
  name: "MapAggregator",
  displayName: "Map Aggregator",
  description: "Computes a map with an entry of each member or child",
  config: [KEY_SENSOR, VALUE_SENSOR, TARGET_SENSOR, ...producerKeys, EXCLUDE_BLANK, DEFAULT_MEMBER_VALUE],
  begin: (settings) => {
    const { adjunct, owner } = settings;
    const [key, value, target] = [settings.require(KEY_SENSOR), settings.require(VALUE_SENSOR), settings.require(TARGET_SENSOR)];
    const missing = settings.get(DEFAULT_MEMBER_VALUE);
    const update = (): void =>
      computing(adjunct, () => {
        const entries = producers.entities().map((entity) => [valueOf(entity, key), valueOf(entity, value) ?? missing] as const);
        const whole = entries.filter(([name, each]) => name !== undefined && name !== null && each !== undefined && each !== null);
        publish(owner, target, Object.fromEntries(whole.map(([name, each]) => [textOf(name), each])));
      });
    const producers = new Producers(settings, [key, value], update);
    update();
    return () => producers.stop();
  },
});
