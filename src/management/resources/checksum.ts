import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Transform } from "node:stream";
import { downloadFailed } from "./failures.ts";

/** What content must hash to, in hexadecimal. */
export interface Checksums {
  readonly sha512?: string;
  readonly sha256?: string;
  readonly sha1?: string;
}

/** Sees content pass and checks it at the end. */
export class ChecksumVerifier {
  readonly #hashes: { readonly algorithm: string; readonly wanted: string; readonly hash: Hash }[];

  constructor(checksums: Checksums) {
    this.#hashes = Object.entries(checksums)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string")
      .map(([algorithm, wanted]) => ({ algorithm, wanted: wanted.toLowerCase(), hash: createHash(algorithm) }));
  }

  update(chunk: Uint8Array): void {
    for (const { hash } of this.#hashes) hash.update(chunk);
  }

  /** @throws ClockerError `download-failed`, with `mismatch` among its details */
  verify(url: string): void {
    for (const { algorithm, wanted, hash } of this.#hashes) {
      const actual = hash.digest("hex");
      if (actual === wanted) continue;
      throw downloadFailed(url, `its ${algorithm} is ${actual}, and ${wanted} was expected`, {
        remedy: "Do not use the file: it is damaged, or not what was meant. Check the address and the checksum",
        details: { mismatch: true },
      });
    }
  }
}

/** @throws ClockerError `download-failed` when a file on this computer does not match */
export async function verifyFile(path: string, url: string, checksums: Checksums): Promise<void> {
  const verifier = new ChecksumVerifier(checksums);
  for await (const chunk of createReadStream(path)) if (chunk instanceof Uint8Array) verifier.update(chunk);
  verifier.verify(url);
}

/** Passes content on, counted and hashed; fails when it is longer than `limit` bytes. */
export function meter(url: string, limit: number, verifier: ChecksumVerifier): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      verifier.update(chunk);
      if (size > limit) done(downloadFailed(url, `it is larger than ${limit} bytes`));
      else done(null, chunk);
    },
  });
}

