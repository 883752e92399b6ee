import { createHash } from "node:crypto";
import { ClockerError } from "../../model/errors.ts";
import { nameOfSsh, type SshOptions } from "./ssh-options.ts";

/** The fingerprint of a host key as OpenSSH prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Knows the host key of one machine: the recorded one is demanded; where none was recorded, the first is recorded and demanded from then on.
 */
export class HostKey {
  readonly #options: SshOptions;
  #known: string | undefined;

  constructor(options: SshOptions) {
    this.#options = options;
    this.#known = options.hostKey;
  }

  /** @throws host-key-mismatch, or what recording threw. */
  async check(key: Buffer): Promise<void> {
    const fingerprint = fingerprintOf(key);
    if (this.#known === undefined) {
      await this.#options.onHostKey(fingerprint);
      this.#known = fingerprint;
      return;
    }
    if (fingerprint === this.#known) return;
    throw new ClockerError("host-key-mismatch", `Cannot trust ${nameOfSsh(this.#options)}: its host key is "${fingerprint}", the recorded one is "${this.#known}"`, {
      details: { fingerprint, recorded: this.#known },
      remedy: "If the machine was made anew, remove its recorded host key; if not, someone may be listening in between",
    });
  }
}
