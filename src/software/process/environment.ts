import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { INSTALL_VERSION, SHELL_ENV } from "./keys.ts";
import type { Site } from "./site.ts";

/**
 * The environment of the process's commands: `shell.env`, resolved, then `INSTALL_DIR`, `RUN_DIR`, `PID_FILE` and `VERSION`. Text, numbers
 * and booleans as they are; lists and maps as JSON, as Brooklyn's `ShellEnvironmentSerializer` writes them.
 * @throws ClockerError `invalid-value` for a name that is no variable's
 */
export async function environmentOf(site: Site, work: Work): Promise<Record<string, string>> {
  const { entity } = site;
  const given = await entity.config.get(SHELL_ENV, work);
  const version = await entity.config.get(INSTALL_VERSION, work);
  return {
    ...asVariables(given, `config "${SHELL_ENV.name}" of "${entity.displayName}"`),
    INSTALL_DIR: site.installDir,
    RUN_DIR: site.runDir,
    PID_FILE: site.pidFile,
    ...(version === undefined ? {} : { VERSION: version }),
  };
}

/** Values as environment variables; null is left out. @param where what holds them, for messages */
export function asVariables(values: Readonly<Record<string, unknown>>, where: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ClockerError("invalid-value", `Cannot use ${where}: "${name}" is not the name of an environment variable`, { remedy: "Use letters, digits and _ only" });
    if (value === undefined || value === null) continue;
    variables[name] = typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
  }
  return variables;
}
