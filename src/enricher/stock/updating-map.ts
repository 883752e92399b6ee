import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { transformationType } from "../functions.ts";
import { PRODUCER, SOURCE_SENSOR, TARGET_SENSOR } from "../keys.ts";
import { publish, valueOf } from "../sensors.ts";

export const KEY_IN_TARGET = configKey("enricher.updatingMap.keyInTargetSensor", types.string, "Key of the entry; the source sensor's name when unset", { flag: "key" });
export const COMPUTING = configKey("enricher.updatingMap.computing", transformationType, "Function of the source's value that gives the entry's", { flag: "computing", aliases: ["enricher.updatingMap.transformation"] });
export const REMOVING_IF_NULL = configKey("enricher.updatingMap.removingIfResultIsNull", types.boolean, "Whether no result removes the entry", { flag: "removingIfResultIsNull", defaultValue: true });

export const updatingMap = stockEnricher({
  name: "UpdatingMap",
  displayName: "Map Updater",
  description: "Keeps an entry of a map sensor true to another sensor, for instance of service.notUp.indicators",
  config: [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR, KEY_IN_TARGET, COMPUTING, REMOVING_IF_NULL],
  begin: (settings) => {
    const { adjunct, owner } = settings;
    const producer = settings.entity(PRODUCER);
    const [source, target] = [settings.require(SOURCE_SENSOR), settings.require(TARGET_SENSOR)];
    const [compute, isRemoving] = [settings.require(COMPUTING), settings.get(REMOVING_IF_NULL)];
    const key = settings.get(KEY_IN_TARGET) ?? source;
    const update = (): void =>
      computing(adjunct, () => {
        const result = compute(valueOf(producer, source)) ?? null;
        const { [key]: _before, ...others } = mapIn(valueOf(owner, target));
        publish(owner, target, result === null && isRemoving ? others : { ...others, [key]: result });
      });
    update();
    return producer.management.events.subscribeSensor(producer.id, source, update);
  },
});

function mapIn(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
