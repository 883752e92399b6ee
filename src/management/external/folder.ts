import { join } from "node:path";
import { ClockerError } from "../../model/errors.ts";
import { pathOf, readBounded } from "./bounded-file.ts";
import { requiredSetting, type SupplierType } from "./supplier.ts";

/** A folder with a file for each key, as Docker's and Kubernetes' secrets are mounted; a line break at the end does not count. Not of Brooklyn's. */
export const folder: SupplierType = {
  name: "clocker.config.external.FolderExternalConfigSupplier",
  aliases: ["file", "folder"],
  make: (supplier, settings) => {
    const path = pathOf(requiredSetting(supplier, settings, "path"));
    return {
      get: async (key) => {
        if (!/^[\w][\w.-]*$/.test(key)) throw new ClockerError("invalid-value", `Cannot read external config "${key}" of "${supplier}": a key is the name of a file, of letters, digits, "_", "-" and "."`);
        const content = await readBounded(join(path, key));
        return content?.toString("utf8").replace(/\r?\n$/, "");
      },
    };
  },
};
