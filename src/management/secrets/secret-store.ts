import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { ClockerError } from "../../model/errors.ts";
import type { Secrets } from "../../model/management.ts";
import type { Json } from "../../model/spec.ts";
import { loadSecretKey } from "./secret-key.ts";

/**
 * The secrets of a data directory, with its key in `keys/secrets.key`.
 * @throws ClockerError `storage` when the key cannot be used
 */
export async function openSecretStore(dataDirectory: string): Promise<SecretStore> {
  return new SecretStore(await loadSecretKey(dataDirectory));
}

const cipher = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;
const version = "sealed:v1";

/**
 * Turns secrets into text that may be stored, and back: AES-256-GCM, a fresh nonce each time. The text names the key that it was
 * sealed with (`sealed:v1:KEY:DATA`), so that a lost key is told apart from damaged text.
 */
export class SecretStore implements Secrets {
  readonly #key: Buffer;
  /** Names the key without telling it. */
  readonly #prefix: string;

  /** @param key 32 random bytes */
  constructor(key: Buffer) {
    this.#key = key;
    this.#prefix = `${version}:${createHash("sha256").update("clocker key name").update(key).digest("hex").slice(0, 8)}:`;
  }

  seal(plain: string): string {
    const nonce = randomBytes(nonceLength);
    const sealing = createCipheriv(cipher, this.#key, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(this.#prefix));
    const data = Buffer.concat([sealing.update(plain, "utf8"), sealing.final()]);
    return this.#prefix + Buffer.concat([nonce, sealing.getAuthTag(), data]).toString("base64url");
  }

  /** @throws ClockerError `storage` when it was sealed with another key, is damaged, or was never sealed */
  open(sealed: Json): string {
    if (typeof sealed !== "string" || !sealed.startsWith(`${version}:`)) throw notOpened("it is not sealed text");
    if (!sealed.startsWith(this.#prefix)) throw notOpened("it was sealed with another key", 'Restore "keys/secrets.key" of the data directory from a backup');
    const bytes = Buffer.from(sealed.slice(this.#prefix.length), "base64url");
    if (bytes.length < nonceLength + tagLength) throw notOpened("it is damaged");
    const [nonce, tag, data] = [bytes.subarray(0, nonceLength), bytes.subarray(nonceLength, nonceLength + tagLength), bytes.subarray(nonceLength + tagLength)];
    const opening = createDecipheriv(cipher, this.#key, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(this.#prefix)).setAuthTag(tag);
    try {
      return Buffer.concat([opening.update(data), opening.final()]).toString("utf8");
    } catch (cause) {
      throw notOpened("it is damaged", undefined, cause);
    }
  }
}

function notOpened(reason: string, remedy = "Set the secret again", cause?: unknown): ClockerError {
  return new ClockerError("storage", `Cannot open a sealed secret: ${reason}`, { remedy, cause });
}
