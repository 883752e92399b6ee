import type { ValueType } from "../value-type.ts";
import { booleanType } from "./boolean.ts";
import { byteSizeType } from "./byte-size.ts";
import { classNameType } from "./class-name.ts";
import { listType, mapType, setType } from "./collections.ts";
import { durationType } from "./duration.ts";
import { entitySpecType } from "./entity-spec.ts";
import { lifecycleType } from "./enumeration.ts";
import { jsonType, predicateType } from "./json.ts";
import { doubleType, integerType, longType, numberType } from "./numbers.ts";
import { portRangeType } from "./port-range.ts";
import { entityType, sensorRefType } from "./references.ts";
import { stringType } from "./string.ts";
import { timestampType } from "./timestamp.ts";
import { transitionType } from "./transition.ts";
import { uriType, urlType } from "./uri.ts";

/**
 * The type that `brooklyn.parameters`, `targetType` and the like name: Brooklyn's short names (reference, 3.6), `list<string>`,
 * `map<string,int>` and Java class names; undefined for an unknown one.
 */
export function typeByName(name: string): ValueType<unknown> | undefined {
  return name.length > 200 ? undefined : parse(name.replaceAll(/\s/g, ""));
}

function parse(name: string): ValueType<unknown> | undefined {
  const generic = /^([\w.]+)<(.*)>$/.exec(name);
  const [, outer = "", inner = ""] = generic ?? [];
  if (generic === null) return simple.get(name) ?? simple.get(name.toLowerCase());
  const items = splitArguments(inner).map((argument) => parse(argument));
  const item = items.at(-1);
  if (item === undefined || items.includes(undefined)) return undefined;
  const kind = outer.slice(outer.lastIndexOf(".") + 1).toLowerCase();
  if (kind === "map" && items.length === 2) return mapType(item);
  if (items.length !== 1) return undefined;
  if (kind === "list" || kind === "collection" || kind === "iterable") return listType(item);
  return kind === "set" ? setType(item) : undefined;
}

/** `string,map<string,int>` → `string` and `map<string,int>`. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "<") depth++;
    else if (text[i] === ">") depth--;
    else if (text[i] === "," && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

const names: readonly (readonly [ValueType<unknown>, string])[] = [
  [stringType, "string char character java.lang.String java.lang.CharSequence java.lang.Character"],
  [booleanType, "bool boolean java.lang.Boolean"],
  [integerType, "byte short int integer java.lang.Integer java.lang.Short java.lang.Byte"],
  [longType, "long java.lang.Long"],
  [doubleType, "float double java.lang.Double java.lang.Float"],
  [numberType, "number java.lang.Number"],
  [mapType(), "map java.util.Map"],
  [listType(), "list java.util.List java.util.Collection java.lang.Iterable"],
  [setType(), "set java.util.Set"],
  [jsonType, "object any wrapped wrapped-value wrappedvalue java.lang.Object"],
  [durationType, "duration org.apache.brooklyn.util.time.Duration brooklyn.util.time.Duration"],
  [timestampType, "timestamp instant java.time.Instant java.util.Date"],
  [portRangeType, "port portrange org.apache.brooklyn.api.location.PortRange brooklyn.location.PortRange"],
  [byteSizeType, "bytesize byte-size"],
  [entityType, "entity org.apache.brooklyn.api.entity.Entity brooklyn.entity.Entity"],
  [entitySpecType, "entityspec entity-spec org.apache.brooklyn.api.entity.EntitySpec brooklyn.entity.proxying.EntitySpec"],
  [sensorRefType, "sensor org.apache.brooklyn.api.sensor.AttributeSensor org.apache.brooklyn.api.sensor.Sensor brooklyn.event.AttributeSensor"],
  [predicateType, "predicate com.google.common.base.Predicate java.util.function.Predicate"],
  [uriType, "uri java.net.URI"],
  [urlType, "url java.net.URL"],
  [classNameType, "class java.lang.Class"],
  [lifecycleType, "lifecycle org.apache.brooklyn.core.entity.lifecycle.Lifecycle brooklyn.entity.basic.Lifecycle"],
  [transitionType, "org.apache.brooklyn.core.entity.lifecycle.Lifecycle$Transition"],
];

const simple = new Map(names.flatMap(([type, all]) => all.split(" ").map((name) => [name, type] as const)));
