import { configKey } from "../../model/config-key.ts";
import { reductionOf, reductionType } from "../collections.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { PRODUCER, SOURCE_SENSORS, TARGET_SENSOR } from "../keys.ts";
import { conditionType } from "../../model/condition.ts";
import { publish, valueOf } from "../sensors.ts";
import { watchSensors } from "../watch.ts";

export const COMBINE = configKey("enricher.transformation", reductionType, "What is made of the values: list, average, sum, min, max, first, isQuorate, or a function", { flag: "transformation", defaultValue: "list" });
export const COMBINER_VALUE_FILTER = configKey("enricher.combiner.valueFilter", conditionType, "Which of the values count", { flag: "valueFilter" });

export const combiner = stockEnricher({
  name: "Combiner",
  displayName: "Combiner",
  description: "Computes a sensor from several sensors of one entity",
  config: [PRODUCER, SOURCE_SENSORS, TARGET_SENSOR, COMBINE, COMBINER_VALUE_FILTER],
  begin: (settings) => {
    const { adjunct, owner } = settings;
    const producer = settings.entity(PRODUCER);
    const [sources, target] = [settings.require(SOURCE_SENSORS), settings.require(TARGET_SENSOR)];
    const [reduce, filter] = [reductionOf(settings.get(COMBINE)), settings.get(COMBINER_VALUE_FILTER)];
    return watchSensors(producer, sources, () =>
      computing(adjunct, () => publish(owner, target, reduce(sources.map((name) => valueOf(producer, name) ?? null).filter((value) => filter?.(value) ?? true)))),
    );
  },
});
