import { createHash } from "node:crypto";
import type { VolumeBind } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { UNPACK } from "../../software/process/unpack.ts";
import type { OptionReader } from "../image/ensure-image.ts";
import { HOST_VOLUMES } from "../keys.ts";
import { runtimeOf } from "./relations.ts";

/** Recorded before anything is written there, so that it goes with the container whenever the server ends. */
const DEPLOYED = sensor("docker.container.volumes.folder", types.string, "Folder of the host with what was deployed of URLs for the container's volumes");

const URL_SOURCE = /^[a-z][a-z0-9+.-]+:/i;
const LIMIT = 600_000;

/**
 * What a container has of its host: folders, and for a source that is a URL a folder that its archive is unpacked into, or its file copied
 * (`docker.host.volumes`; Clocker's `deployArchive`). Unlike Clocker's, each container has its own, which goes with it.
 * @throws ClockerError `command-failed` naming the URL; those of reading it
 */
export async function hostVolumes(container: Entity, option: OptionReader, work: Work): Promise<VolumeBind[]> {
  const binds: VolumeBind[] = [];
  for (const [source, target] of Object.entries((await option(HOST_VOLUMES)) ?? {})) binds.push({ source: URL_SOURCE.test(source) ? await deployed(container, source, work) : source, target });
  return binds;
}

async function deployed(container: Entity, url: string, work: Work): Promise<string> {
  return await work.step("deploy volume", async (step) => {
    const { machine } = runtimeOf(container).location;
    const file = await container.management.resources.file(url, step);
    const root = container.get(DEPLOYED) ?? (await rootOf(container, step));
    container.set(DEPLOYED, root);
    await container.management.documents.flush();
    const folder = `${root}/${createHash("sha256").update(url).digest("hex").slice(0, 16)}`;
    const archive = `${folder}.d/${nameIn(url)}`;
    const run = async (script: string): Promise<void> => {
      const { exitCode, stderr } = await machine.run({ script }, { env: { ARCHIVE: archive, FOLDER: folder }, signal: step.signal, timeout: LIMIT });
      if (exitCode !== 0) throw new ClockerError("command-failed", `Cannot deploy "${url}" to a volume on "${machine.name}": ${stderr.trim().split("\n").slice(-5).join("\n")}`, { remedy: `Check that it is an archive or a file, in "${HOST_VOLUMES.name}"` });
    };
    await run('mkdir -p "$FOLDER" "${ARCHIVE%/*}"');
    await machine.upload({ file }, archive, { signal: step.signal });
    await run(`cd "$FOLDER"\n${UNPACK}\nrm -rf "\${ARCHIVE%/*}"`);
    return folder;
  });
}

/** Where the user of the commands may write, for good. */
async function rootOf(container: Entity, work: Work): Promise<string> {
  const { machine } = runtimeOf(container).location;
  const { stdout } = await machine.run({ script: '[ "$(id -u)" = 0 ] && echo /var/lib/clocker || echo "$HOME/.local/share/clocker"' }, { signal: work.signal, timeout: LIMIT });
  const base = stdout.trim().startsWith("/") ? stdout.trim() : "/var/lib/clocker";
  return `${base}/volumes/${container.id}`;
}

/** A file name, which tells what kind of archive it is. */
function nameIn(url: string): string {
  const last = /^data:/i.test(url) ? "" : (url.split(/[?#]/)[0]?.split("/").at(-1) ?? "");
  return /^[\w.+-]*\w[\w.+-]*$/.test(last) ? last : "content";
}

/** Removes what was deployed for a container; what cannot be removed, since the host is away, is told of. */
export async function removeVolumes(container: Entity, work: Work): Promise<void> {
  const folder = container.get(DEPLOYED);
  if (folder === undefined) return;
  try {
    await runtimeOf(container).location.machine.run({ argv: ["rm", "-rf", "--", folder] }, { timeout: 60_000 });
    container.set(DEPLOYED, undefined);
  } catch (error) {
    work.write("stderr", `Cannot remove ${folder} of the host: ${messageOf(error)}\n`);
  }
}
