import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";

/** A source of values that are kept outside of Clocker: `$brooklyn:external("supplier", "key")` (reference, 6.5). */
export interface ExternalSupplier {
  /**
   * The value of a key; undefined when it has none.
   * @throws ClockerError `unreachable`, `invalid-value`; never with a value in it
   */
  get(key: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A kind of supplier. Adding one is one file with this and one line in `supplier-types.ts`. */
export interface SupplierType {
  /** Brooklyn's class. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** @param settings what `brooklyn.external.SUPPLIER.KEY=V` say, by KEY */
  make(supplier: string, settings: ReadonlyMap<string, string>): ExternalSupplier;
}

/** A setting that there must be. @throws ClockerError `invalid-value` naming the property */
export function requiredSetting(supplier: string, settings: ReadonlyMap<string, string>, name: string): string {
  const value = settings.get(name);
  if (value !== undefined && value !== "") return value;
  const near = nearest(name, settings.keys());
  throw new ClockerError("invalid-value", `Cannot use external config supplier "${supplier}": the property "brooklyn.external.${supplier}.${name}" is not set`, near === undefined ? {} : { remedy: `Is "${near}" meant to be "${name}"?` });
}
