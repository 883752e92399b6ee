import type { SupplierType } from "./supplier.ts";

/** Values of the server's own environment; `prefix` is put before the key. Not of Brooklyn's. */
export const environment: SupplierType = {
  name: "clocker.config.external.EnvironmentExternalConfigSupplier",
  aliases: ["environment", "env"],
  make: (_supplier, settings) => ({ get: async (key) => process.env[`${settings.get("prefix") ?? ""}${key}`] }),
};
