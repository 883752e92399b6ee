import { createHash } from "node:crypto";
import { simpleName } from "../../model/entity-type.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import type { MachineLocation } from "../../provider/location.ts";
import { DOWNLOAD_ADDON_URLS, DOWNLOAD_URL } from "./download-keys.ts";
import { EXPANDED_INSTALL_DIR_KEY, INSTALL_DIR_KEY, INSTALL_LABEL, INSTALL_VERSION, ONBOX_BASE_DIR, RUN_DIR_KEY } from "./keys.ts";
import { FILES, INSTALL_COMMAND, PHASE_WORKFLOWS, POST_INSTALL_COMMAND, PRE_INSTALL_COMMAND, TEMPLATES } from "./phase-keys.ts";
import { lastLines } from "./run-script.ts";
import { EXPANDED_INSTALL_DIR, INSTALL_DIR, PID_FILE, RUN_DIR } from "./sensors.ts";

/** Where an entity's process stands: its machine and its folders there. */
export interface Site {
  readonly entity: Entity;
  readonly location: MachineLocation;
  readonly installDir: string;
  readonly runDir: string;
  /** `$PID_FILE`: Brooklyn's name for it, in the run folder. */
  readonly pidFile: string;
}

/** Made from the home of the user on the machine unless a base is given; on this computer from its temporary folder, as in Brooklyn. */
const MAKE_FOLDERS = `
set -eu
under_home() {
  case "$1" in
    "~") printf '%s' "\${HOME:-/root}" ;;
    "~/"*) printf '%s/%s' "\${HOME:-/root}" "\${1#"~/"}" ;;
    *) printf '%s' "$1" ;;
  esac
}
# A folder whose name anybody can guess, where anybody may write: one that another user made, or a link, is not ours.
make_own() {
  mkdir -p "\${1%/*}"
  mkdir -m 700 "$1" 2>/dev/null || { [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]; } || { echo "$1 belongs to somebody else" >&2; exit 1; }
}
if [ -n "$BASE_DIR" ]; then base=$(under_home "$BASE_DIR")
elif [ "$ON_THIS_COMPUTER" = true ]; then
  base="\${TMPDIR:-/tmp}/brooklyn-$(id -un)"
  if [ -z "$INSTALL_DIR" ] || [ -z "$RUN_DIR" ]; then make_own "$base"; fi
else base="\${HOME:-/root}/brooklyn-managed-processes"
fi
install=$(under_home "\${INSTALL_DIR:-$base/installs/$INSTALL_NAME}")
run=$(under_home "\${RUN_DIR:-$base/apps/$APPLICATION_ID/entities/$RUN_NAME}")
# Twice, as another entity that leaves may take the application's folder away in between.
mkdir -p "$install" "$run" 2>/dev/null || mkdir -p "$install" "$run"
cd "$install" && pwd
cd "$run" && pwd
`;

/** Makes the install and the run folder and publishes them. */
export async function prepareSite(entity: Entity, location: MachineLocation, work: Work): Promise<Site> {
  const { config } = entity;
  const name = simpleName(entity.typeName);
  const env = {
    BASE_DIR: (await config.get(ONBOX_BASE_DIR, work)) ?? textOf(location.config[ONBOX_BASE_DIR.name]),
    INSTALL_DIR: (await config.get(INSTALL_DIR_KEY, work)) ?? "",
    RUN_DIR: (await config.get(RUN_DIR_KEY, work)) ?? "",
    INSTALL_NAME: await installName(entity, work),
    RUN_NAME: `${name}_${entity.id}`,
    APPLICATION_ID: entity.application.id,
    ON_THIS_COMPUTER: String(location.machine.name === "localhost"),
  };
  const { exitCode, stdout, stderr } = await location.machine.run({ script: MAKE_FOLDERS }, { env, signal: work.signal, timeout: FOLDERS_TIMEOUT });
  const [installDir, runDir] = stdout.split("\n").filter((line) => line.startsWith("/"));
  if (exitCode !== 0 || installDir === undefined || runDir === undefined) {
    throw new ClockerError("command-failed", `Cannot make the folders of "${entity.displayName}" on "${location.machine.name}": ${lastLines(stderr) || `exit code ${exitCode}`}`, {
      remedy: "Give folders that the user on the machine may write to, with onbox.base.dir or install.dir and run.dir",
    });
  }
  entity.set(INSTALL_DIR, installDir);
  entity.set(RUN_DIR, runDir);
  const expanded = await config.get(EXPANDED_INSTALL_DIR_KEY, work);
  entity.set(EXPANDED_INSTALL_DIR, expanded ?? installDir);
  const site = siteAt(entity, location, installDir, runDir);
  entity.set(PID_FILE, site.pidFile);
  work.log(`Installs in ${installDir} and runs in ${runDir}`);
  return site;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The site of an entity that was prepared before; undefined when it was not. */
export function siteOf(entity: Entity, location: MachineLocation): Site | undefined {
  const installDir = entity.get(INSTALL_DIR);
  const runDir = entity.get(RUN_DIR);
  return installDir === undefined || runDir === undefined ? undefined : siteAt(entity, location, installDir, runDir);
}

const FOLDERS_TIMEOUT = 60_000;

function siteAt(entity: Entity, location: MachineLocation, installDir: string, runDir: string): Site {
  return { entity, location, installDir, runDir, pidFile: `${runDir}/pid.txt` };
}

/**
 * `<Type>_<version>`, and what else tells one installation from another, so that entities which install the same on one machine
 * share the folder and others do not (Brooklyn's install label).
 */
async function installName(entity: Entity, work: Work): Promise<string> {
  const { config } = entity;
  const version = (await config.get(INSTALL_VERSION, work)) ?? "0.0.0";
  const label = await config.get(INSTALL_LABEL, work);
  const distinguishing = [DOWNLOAD_URL, DOWNLOAD_ADDON_URLS, PRE_INSTALL_COMMAND, INSTALL_COMMAND, POST_INSTALL_COMMAND, FILES.preinstall, FILES.install, TEMPLATES.preinstall, TEMPLATES.install, ...(config.find(PHASE_WORKFLOWS.install) === undefined ? [] : [PHASE_WORKFLOWS.install])];
  const raw = JSON.stringify(distinguishing.map((key) => config.find(key)?.raw ?? null));
  const hash = createHash("sha256").update(raw).digest("hex").slice(0, 8);
  const name = [simpleName(entity.typeName), version, label ?? hash].join("_");
  return name.replaceAll(/[^\w.+-]/g, "-");
}
