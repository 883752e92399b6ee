import { booleanType } from "./boolean.ts";
import { byteSizeType } from "./byte-size.ts";
import { classNameType } from "./class-name.ts";
import { listType, mapType, setType } from "./collections.ts";
import { durationType } from "./duration.ts";
import { entitySpecType } from "./entity-spec.ts";
import { enumOf, lifecycleType } from "./enumeration.ts";
import { jsonType, predicateType } from "./json.ts";
import { doubleType, integerType, longType, numberType } from "./numbers.ts";
import { portRangeType } from "./port-range.ts";
import { entityType, sensorRefType } from "./references.ts";
import { secretType, stringType } from "./string.ts";
import { timestampType } from "./timestamp.ts";
import { transitionType } from "./transition.ts";
import { uriType, urlType } from "./uri.ts";

export { showDuration } from "./duration.ts";
export { isEntitySpec } from "./entity-spec.ts";
export { PortRange } from "./port-range.ts";
export type { EntityRef } from "./references.ts";
export { parseStructuredText, useTextParser } from "./structured-text.ts";
export { typeByName } from "./type-by-name.ts";

/** The value types, as definitions of keys, sensors and parameters name them: `types.duration`, `types.list(types.string)`. */
export const types = {
  string: stringType,
  secret: secretType,
  boolean: booleanType,
  integer: integerType,
  long: longType,
  double: doubleType,
  number: numberType,
  duration: durationType,
  byteSize: byteSizeType,
  portRange: portRangeType,
  uri: uriType,
  url: urlType,
  json: jsonType,
  predicate: predicateType,
  map: mapType,
  list: listType,
  set: setType,
  enumOf,
  lifecycle: lifecycleType,
  transition: transitionType,
  timestamp: timestampType,
  className: classNameType,
  entity: entityType,
  entitySpec: entitySpecType,
  sensorRef: sensorRefType,
} as const;
