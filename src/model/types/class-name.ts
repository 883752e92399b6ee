import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*([.$][\p{L}_$][\p{L}\p{N}_$]*){0,100}$/u;

/** The name of a type, `org.apache.brooklyn.entity.webapp.tomcat.TomcatServer`, where Brooklyn takes a class. */
export const classNameType: ValueType<string> = {
  name: "java.lang.Class",
  expected: "the name of a type",
  coerce: (value) => {
    const name = typeof value === "string" && value.length <= 500 ? value.trim().replace(/^(java|brooklyn|catalog):/, "") : "";
    if (!NAME.test(name)) throw new CoercionError(value, classNameType.expected);
    return name;
  },
  toJson: (value) => value,
};
