import type { InitializerConfig } from "../../model/adjunct.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { parseStructuredText, types } from "../../model/types/index.ts";
import { lastDocument, wholeText } from "../feed/output.ts";

const FORMAT = configKey("format", types.enumOf("org.apache.brooklyn.core.sensor.ssh.SshCommandSensor$Format", ["auto", "string"]), "Whether output for a list or a map is read as YAML or JSON, or always taken as text", { defaultValue: "auto" });
const USE_LAST_YAML = configKey("useLastYaml", types.boolean, "Whether only the last YAML document of the output counts", { defaultValue: false });

/** How a sensor's value is made of what a command or a container wrote. */
export const outputOptions: readonly ConfigKey[] = [FORMAT, USE_LAST_YAML];

export function valueOfOutput(output: string, config: InitializerConfig, typeName: string): unknown {
  const text = config.get(USE_LAST_YAML) ? lastDocument(output) : wholeText(output);
  const isStructured = /(?:Object|Map|List|Set)$/.test(typeName);
  return isStructured && config.get(FORMAT) === "auto" ? (parseStructuredText(text) ?? text) : text;
}
