import { configKey } from "../../model/config-key.ts";
import { conditionType } from "../../model/condition.ts";
import { quorumType } from "../../model/quorum.ts";
import { types } from "../../model/types/index.ts";
import { reductionOf, reductionType } from "../collections.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { transformationType } from "../functions.ts";
import { SOURCE_SENSOR, TARGET_SENSOR } from "../keys.ts";
import { Producers, producerKeys } from "../producers.ts";
import { publish, valueOf } from "../sensors.ts";

export const TRANSFORMATION_UNTYPED = configKey("enricher.transformation.untyped", reductionType, "What is made of the values: list, average, sum, min, max, first, isQuorate, or a function", { flag: "transformation", defaultValue: "list" });
export const TRANSFORMATION = configKey("enricher.transformation", transformationType, "A function of the list of values");
export const VALUE_FILTER = configKey("enricher.aggregating.valueFilter", conditionType, "Which of the values count", { flag: "valueFilter", aliases: ["enricher.aggregator.valueFilter"] });
export const EXCLUDE_BLANK = configKey("enricher.aggregator.excludeBlank", types.boolean, "Whether values that are absent or empty text are left out", { flag: "excludeBlank", aliases: ["enricher.aggregating.excludeBlank"], defaultValue: false });
export const DEFAULT_MEMBER_VALUE = configKey("enricher.defaultMemberValue", types.json, "The value of entities that have none yet", { flag: "defaultMemberValue" });
export const QUORUM_CHECK = configKey("quorum.check.type", quorumType, "What isQuorate needs: all, allAndAtLeastOne, atLeastOne, atLeastOneUnlessEmpty, alwaysHealthy, or points", { defaultValue: quorumType.coerce("allAndAtLeastOne") });
export const QUORUM_TOTAL = configKey("quorum.total.size", types.integer, "The total that isQuorate counts against; the number of entities when unset");

export const aggregator = stockEnricher({
  name: "Aggregator",
  displayName: "Aggregator",
  description: "Computes a sensor from one sensor of all members or children",
  config: [SOURCE_SENSOR, TARGET_SENSOR, ...producerKeys, TRANSFORMATION_UNTYPED, TRANSFORMATION, VALUE_FILTER, EXCLUDE_BLANK, DEFAULT_MEMBER_VALUE, QUORUM_CHECK, QUORUM_TOTAL],
  begin: (settings) => {
    const { adjunct, owner } = settings;
    const [source, target] = [settings.require(SOURCE_SENSOR), settings.require(TARGET_SENSOR)];
    const [filter, excludeBlank, missing] = [settings.get(VALUE_FILTER), settings.get(EXCLUDE_BLANK), settings.get(DEFAULT_MEMBER_VALUE)];
    const reduce = reductionOf(settings.get(TRANSFORMATION) ?? settings.get(TRANSFORMATION_UNTYPED), settings.get(QUORUM_CHECK), settings.get(QUORUM_TOTAL));
    const counts = (value: unknown): boolean => (filter?.(value) ?? true) && !(excludeBlank && isBlank(value));
    const update = (): void =>
      computing(adjunct, () => {
        const values: unknown[] = [];
        for (const entity of producers.entities()) {
          const value = valueOf(entity, source) ?? missing ?? null;
          if (counts(value)) values.push(value);
        }
        publish(owner, target, reduce(values));
      });
    const producers = new Producers(settings, [source], update);
    update();
    return () => producers.stop();
  },
});

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}
