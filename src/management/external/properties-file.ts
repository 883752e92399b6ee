import { ClockerError } from "../../model/errors.ts";
import { decodeProperties, parseProperties } from "../properties/parse-properties.ts";
import { pathOf, readBounded } from "./bounded-file.ts";
import { requestText } from "./http-text.ts";
import { requiredSetting, type SupplierType } from "./supplier.ts";

/** Brooklyn's `PropertiesFileExternalConfigSupplier`: a file of properties, at a path, a `file:` or an `http(s):` address. */
export const propertiesFile: SupplierType = {
  name: "org.apache.brooklyn.core.config.external.PropertiesFileExternalConfigSupplier",
  aliases: ["properties-file"],
  make: (supplier, settings) => {
    const url = requiredSetting(supplier, settings, "propertiesUrl");
    return {
      get: async (key, signal) => parseProperties(await contentOf(supplier, url, signal), url).findLast((line) => line.key === key)?.value,
    };
  },
};

async function contentOf(supplier: string, url: string, signal: AbortSignal): Promise<string> {
  if (/^https?:/i.test(url)) {
    const { status, body } = await requestText({ supplier, method: "GET", url, signal });
    if (status === 200) return body;
    throw new ClockerError("unreachable", `Cannot read the properties of external config supplier "${supplier}": its address answered ${status}`);
  }
  const bytes = await readBounded(pathOf(url));
  if (bytes === undefined) throw new ClockerError("not-found", `Cannot read the properties of external config supplier "${supplier}": there is no file "${url}"`);
  return decodeProperties(bytes);
}
