import { environment } from "./environment.ts";
import { folder } from "./folder.ts";
import { inPlace } from "./in-place.ts";
import { propertiesFile } from "./properties-file.ts";
import type { SupplierType } from "./supplier.ts";
import { vaultAppId, vaultToken, vaultUserPass } from "./vault.ts";

export const supplierTypes: readonly SupplierType[] = [inPlace, propertiesFile, environment, folder, vaultToken, vaultUserPass, vaultAppId];
