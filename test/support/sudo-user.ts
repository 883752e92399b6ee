import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A user who isn't root and may use sudo without a password, as clouds make them. */
export const SUDO_USER = "clocker-sudo";
const USER_ID = 61_234;

const IN_NAMESPACE = 'for file in passwd shadow sudoers; do mount --bind "$1/$file" "/etc/$file" || exit 1; done; shift; exec "$@"';

/**
 * Starts a program that sees `SUDO_USER`: it runs in a mount namespace of its own, with user files of its own; this computer's users stay as
 * they are. The files go into `folder`.
 */
export async function spawnWithSudoUser(folder: string, program: string, words: readonly string[]): Promise<ChildProcess> {
  if (!existsSync("/usr/bin/sudo")) throw new Error('Cannot make a test user for sudo: no "/usr/bin/sudo"; on Debian: apt-get install sudo');
  const etc = join(folder, "etc");
  const home = join(folder, "home");
  await mkdir(etc);
  await mkdir(home);
  await chown(home, USER_ID, USER_ID);
  await writeFile(join(etc, "passwd"), `${await readFile("/etc/passwd", "utf8")}${SUDO_USER}:x:${USER_ID}:${USER_ID}::${home}:/bin/sh\n`);
  await writeFile(join(etc, "shadow"), `${await readFile("/etc/shadow", "utf8")}${SUDO_USER}:*:19000:0:99999:7:::\n`, { mode: 0o600 });
  await writeFile(join(etc, "sudoers"), `root ALL=(ALL) ALL\n${SUDO_USER} ALL=(ALL) NOPASSWD:ALL\n`);
  await chmod(join(etc, "sudoers"), 0o440);
  return spawn("unshare", ["--mount", "--propagation", "private", "/bin/sh", "-c", IN_NAMESPACE, "sh", etc, program, ...words], { stdio: "ignore" });
}
