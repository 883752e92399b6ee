import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";

/** A server, and how to sign in there. */
export const Context = z.object({
  url: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  /** Sent as `Authorization: Bearer`: for a proxy in front that asks for one. */
  token: z.string().optional(),
  /** Headers that a proxy in front wants. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Takes any certificate. */
  insecure: z.boolean().optional(),
  /** A file with the certificate, or its signer's, to trust besides the known ones. */
  ca: z.string().optional(),
  /** Changes are only made after a yes. */
  protected: z.boolean().optional(),
});
export type Context = z.infer<typeof Context>;

const ContextFile = z.object({ current: z.string().optional(), contexts: z.record(z.string(), Context).default({}) });
export type ContextFile = z.infer<typeof ContextFile>;

type Place = Pick<Io, "env" | "home">;

/** `$XDG_CONFIG_HOME/clocker/contexts.json`, by default under `~/.config`. */
export function contextFilePath({ env, home }: Place): string {
  const config = env["XDG_CONFIG_HOME"];
  return path.join(config !== undefined && path.isAbsolute(config) ? config : path.join(home, ".config"), "clocker", "contexts.json");
}

/**
 * The contexts of this user; none where there is no file.
 * @throws CliError for a file with secrets that others may read, and for one that is not ours.
 */
export async function readContexts(place: Place): Promise<ContextFile> {
  const file = contextFilePath(place);
  try {
    const parsed = ContextFile.parse(JSON.parse(await readFile(file, "utf8")));
    const hasSecrets = Object.values(parsed.contexts).some(({ password, token }) => password !== undefined || token !== undefined);
    if (hasSecrets && ((await stat(file)).mode & 0o077) !== 0) {
      throw new CliError(exitCodes.refused, `Cannot use "${file}": it holds passwords, and others may read it`, { remedy: `chmod 600 ${file}` });
    }
    return parsed;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { contexts: {} };
    if (error instanceof CliError) throw error;
    throw new CliError(exitCodes.usage, `Cannot read "${file}": it is not a file of contexts`, { remedy: "Mend or remove it; clocker context add makes a new one", cause: error });
  }
}

/** Replaces the file as a whole; only its user may read it. */
export async function writeContexts(place: Place, contexts: ContextFile): Promise<string> {
  const file = contextFilePath(place);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(beside, 0o600);
  await rename(beside, file);
  return file;
}
