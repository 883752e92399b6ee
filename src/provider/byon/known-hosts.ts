import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { Limiter } from "../../engine/limiter.ts";

const content = z.record(z.string(), z.string());

/** The host keys of given hosts, recorded on first contact in a file of the data directory: `{"10.0.0.1:22": "SHA256:..."}`. */
export class KnownHosts {
  readonly #file: string;
  readonly #turns = new Limiter(1);

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, "known-hosts.json");
  }

  /** The recorded fingerprint of `host:port`. */
  async find(host: string): Promise<string | undefined> {
    return (await this.#read())[host];
  }

  async record(host: string, fingerprint: string): Promise<void> {
    const leave = await this.#turns.acquire("record a host key");
    try {
      const text = `${JSON.stringify({ ...(await this.#read()), [host]: fingerprint }, null, 2)}\n`;
      const temporary = `${this.#file}.${randomBytes(6).toString("hex")}`;
      await mkdir(path.dirname(this.#file), { recursive: true });
      await writeFile(temporary, text, { mode: 0o600, flush: true });
      await rename(temporary, this.#file);
    } finally {
      leave();
    }
  }

  async #read(): Promise<Record<string, string>> {
    try {
      return content.parse(JSON.parse(await readFile(this.#file, "utf8")));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
      throw new ClockerError("storage", `Cannot read the recorded host keys in "${this.#file}"`, { cause: error, remedy: "Mend the file, or restore it from a backup" });
    }
  }
}
