import type { SupplierType } from "./supplier.ts";

/** Brooklyn's `InPlaceExternalConfigSupplier`: the values stand in the properties themselves. */
export const inPlace: SupplierType = {
  name: "org.apache.brooklyn.core.config.external.InPlaceExternalConfigSupplier",
  aliases: ["in-place"],
  make: (_supplier, settings) => ({ get: async (key) => settings.get(key) }),
};
