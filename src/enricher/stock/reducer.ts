import type { Settings } from "../../model/adjunct-settings.ts";
import { formatString } from "../../blueprint/index.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { computing, enricher } from "../enricher-type.ts";
import { textOf, type Transformation, transformationType } from "../functions.ts";
import { PRODUCER, SOURCE_SENSORS, TARGET_SENSOR } from "../keys.ts";
import { publish, valueOf } from "../sensors.ts";
import { watchSensors } from "../watch.ts";

export const REDUCER_FUNCTION = configKey("enricher.reducerFunction", transformationType, "Function of the list of values", { flag: "reducerFunction" });
export const REDUCER_TRANSFORMATION = configKey("enricher.reducerFunction.transformation", types.enumOf("java.lang.String", ["joiner", "formatString"]), "joiner or formatString", { flag: "transformation" });
export const REDUCER_PARAMETERS = configKey("enricher.reducerFunction.parameters", types.map(), "separator of joiner, format of formatString", { flag: "parameters", defaultValue: {} });

export const reducer = enricher({
  name: "org.apache.brooklyn.enricher.stock.reducer.Reducer",
  displayName: "Reducer",
  description: "Computes a text from several sensors of one entity",
  aliases: ["org.apache.brooklyn.enricher.stock.Reducer"],
  config: [PRODUCER, SOURCE_SENSORS, TARGET_SENSOR, REDUCER_FUNCTION, REDUCER_TRANSFORMATION, REDUCER_PARAMETERS],
  begin: (settings) => {
    const producer = settings.entity(PRODUCER);
    const [sources, target] = [settings.require(SOURCE_SENSORS), settings.require(TARGET_SENSOR)];
    if (sources.length === 0) throw new ClockerError("invalid-value", `"${settings.adjunct.displayName}" on "${settings.owner.displayName}" has nothing to reduce: "${SOURCE_SENSORS.name}" is empty`);
    const reduce = reductionIn(settings);
    return watchSensors(producer, sources, () => computing(settings.adjunct, () => publish(settings.owner, target, reduce(sources.map((name) => valueOf(producer, name) ?? null)))));
  },
});

function reductionIn(settings: Settings): Transformation {
  const given = settings.get(REDUCER_FUNCTION);
  if (given !== undefined) return given;
  const { separator, format } = settings.get(REDUCER_PARAMETERS);
  if (settings.require(REDUCER_TRANSFORMATION) === "joiner") return (values) => listOf(values).map(textOf).join(textOf(separator ?? ", "));
  if (typeof format !== "string") throw new ClockerError("invalid-value", `"${settings.adjunct.displayName}" on "${settings.owner.displayName}" needs "format" in "${REDUCER_PARAMETERS.name}"`);
  return (values) => formatString(format, listOf(values));
}

function listOf(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : [values];
}
