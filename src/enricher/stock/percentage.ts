import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { PRODUCER, TARGET_SENSOR } from "../keys.ts";
import { numberOf, publish, valueOf } from "../sensors.ts";
import { watchSensors } from "../watch.ts";

export const SOURCE_CURRENT = configKey("enricher.sourceCurrentSensor", types.sensorRef, "The sensor with the part", { flag: "sourceCurrentSensor" });
export const SOURCE_TOTAL = configKey("enricher.sourceTotalSensor", types.sensorRef, "The sensor with the whole", { flag: "sourceTotalSensor" });

export const percentageEnricher = stockEnricher({
  name: "PercentageEnricher",
  displayName: "Percentage Transformer",
  description: "Computes what share one sensor is of another, from 0 to 1",
  config: [PRODUCER, SOURCE_CURRENT, SOURCE_TOTAL, TARGET_SENSOR],
  begin: (settings) => {
    const producer = settings.entity(PRODUCER);
    const [current, total, target] = [settings.require(SOURCE_CURRENT), settings.require(SOURCE_TOTAL), settings.require(TARGET_SENSOR)];
    return watchSensors(producer, [current, total], () =>
      computing(settings.adjunct, () => {
        const [part, whole] = [numberOf(valueOf(producer, current)), numberOf(valueOf(producer, total))];
        if (part === undefined || whole === undefined || part < 0 || whole <= 0) return;
        publish(settings.owner, target, Math.min(1, part / whole));
      }),
    );
  },
});
