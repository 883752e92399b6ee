import { ClockerError } from "../../model/errors.ts";
import type { Properties } from "../properties/properties.ts";
import type { ExternalConfig } from "./external-config.ts";
import { externalReference } from "./external-reference.ts";

/**
 * The properties with the values of `$brooklyn:external(...)` in place of the expressions. The suppliers' own settings stay as they are: each is read when
 * its supplier is first asked.
 * @throws ClockerError naming the property: a server without one of its passwords does not start
 */
export async function resolvedProperties(properties: Properties, external: ExternalConfig): Promise<Properties> {
  return properties.mapped(async (key, value) => {
    if (key.startsWith("brooklyn.external.")) return value;
    try {
      const reference = externalReference(value);
      return typeof reference === "string" ? reference : await external.get(reference.supplier, reference.key);
    } catch (cause) {
      if (!(cause instanceof ClockerError)) throw cause;
      throw new ClockerError(cause.code, `Cannot read the property "${key}"`, { cause });
    }
  });
}
