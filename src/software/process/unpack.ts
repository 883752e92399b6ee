import type { Work } from "../../model/work.ts";
import { runScript } from "./run-script.ts";
import type { Site } from "./site.ts";

/** By the name's ending, as Brooklyn's `ArchiveUtils`; what is no archive is copied. Reads `$ARCHIVE`, writes into the current folder. */
export const UNPACK = `
set -eu
case "$ARCHIVE" in
  *.tar.gz | *.tgz) tar xzf "$ARCHIVE" ;;
  *.tar.bz2 | *.tbz | *.tbz2) tar xjf "$ARCHIVE" ;;
  *.tar.xz | *.txz) tar xJf "$ARCHIVE" ;;
  *.tar) tar xf "$ARCHIVE" ;;
  *.zip)
    if command -v unzip >/dev/null 2>&1; then unzip -qo "$ARCHIVE"
    elif command -v jar >/dev/null 2>&1; then jar xf "$ARCHIVE"
    else python3 -m zipfile -e "$ARCHIVE" .
    fi ;;
  *) cp "$ARCHIVE" . ;;
esac
`;

/** Unpacks an archive that lies on the machine into a folder there. */
export async function unpackInto(site: Site, archive: string, folder: string, work: Work): Promise<void> {
  await work.step("unpack", async (step) => {
    const { entity, location } = site;
    await runScript({ entity, machine: location.machine, phase: "unpack the archive of", text: UNPACK, env: { ARCHIVE: archive }, cwd: folder }, step);
  });
}
