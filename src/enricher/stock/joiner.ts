import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { textOf } from "../functions.ts";
import { PRODUCER, SOURCE_SENSOR, TARGET_SENSOR } from "../keys.ts";
import { publish, valueOf } from "../sensors.ts";
import { watchSensors } from "../watch.ts";

export const SEPARATOR = configKey("enricher.joiner.separator", types.string, "What stands between two items", { flag: "separator", defaultValue: "," });
export const KEY_VALUE_SEPARATOR = configKey("enricher.joiner.keyValueSeparator", types.string, "What stands between a key and its value", { flag: "keyValueSeparator", defaultValue: "=" });
export const JOIN_MAP_ENTRIES = configKey("enricher.joiner.joinMapEntries", types.boolean, "Whether a map gives its keys with their values, rather than its values", { flag: "joinMapEntries", defaultValue: false });
export const QUOTE = configKey("enricher.joiner.quote", types.boolean, "Whether each item is quoted for bash", { flag: "quote", defaultValue: true });
export const MINIMUM = configKey("enricher.joiner.minimum", types.integer, "With fewer items than this nothing is published", { flag: "minimum" });
export const MAXIMUM = configKey("enricher.joiner.maximum", types.integer, "No more items than this are joined", { flag: "maximum" });

export const joiner = stockEnricher({
  name: "Joiner",
  displayName: "Joiner",
  description: "Joins the items of a list or map into one text",
  config: [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR, SEPARATOR, KEY_VALUE_SEPARATOR, JOIN_MAP_ENTRIES, QUOTE, MINIMUM, MAXIMUM],
  begin: (settings) => {
    const producer = settings.entity(PRODUCER);
    const [source, target] = [settings.require(SOURCE_SENSOR), settings.require(TARGET_SENSOR)];
    return watchSensors(producer, [source], () => computing(settings.adjunct, () => publish(settings.owner, target, joined(settings, valueOf(producer, source)))));
  },
});

function joined(settings: Settings, value: unknown): string | undefined {
  const items = itemsOf(settings, value);
  if (items === undefined) return undefined;
  const most = settings.get(MAXIMUM);
  const taken = most === undefined || most < 0 ? items : items.slice(0, most);
  if (taken.length < (settings.get(MINIMUM) ?? 0)) return undefined;
  return (settings.get(QUOTE) ? taken.map(quoted) : taken).join(settings.get(SEPARATOR));
}

function itemsOf(settings: Settings, value: unknown): string[] | undefined {
  const isThere = (item: unknown): boolean => item !== undefined && item !== null;
  if (Array.isArray(value)) return value.filter(isThere).map(textOf);
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value as Record<string, unknown>).filter(([, item]) => isThere(item));
  return entries.map(([key, item]) => (settings.get(JOIN_MAP_ENTRIES) ? `${key}${settings.get(KEY_VALUE_SEPARATOR)}${textOf(item)}` : textOf(item)));
}

/** In double quotes, with what bash would expand escaped. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
}
