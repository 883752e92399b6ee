import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { fingerprintOf, newKeyPair } from "./ssh-keys.ts";

/** A public key is 32 random bytes: one in 256 begins with 0, which `ssh2` drops when it generates keys, so that OpenSSH refuses them. */
test("newKeyPair gives keys of full length, also when they begin with 0", () => {
  const pairs = Array.from({ length: 2_000 }, () => newKeyPair("root@host"));
  const blobs = pairs.map(({ publicKey }) => Buffer.from(publicKey.split(" ")[1] ?? "", "base64"));
  expect(blobs.every((blob) => blob.length === 51)).toBe(true);
  const zero = blobs.findIndex((blob) => blob[19] === 0);
  const parsed = ssh2.utils.parseKey(pairs[Math.max(zero, 0)]?.privateKey ?? "");
  if (parsed instanceof Error) throw parsed;
  expect(parsed.getPublicSSH()).toEqual(blobs[Math.max(zero, 0)]);
});

test("newKeyPair gives a private key that signs for its public key, with its comment", () => {
  const { privateKey, publicKey } = newKeyPair("root@docker-1");
  const [own, other] = [ssh2.utils.parseKey(privateKey), ssh2.utils.parseKey(publicKey)];
  if (own instanceof Error || other instanceof Error) throw new Error("Cannot read the keys");
  expect([own.type, own.comment, publicKey.split(" ")[2]]).toEqual(["ssh-ed25519", "root@docker-1", "root@docker-1"]);
  expect(other.verify("data", own.sign("data"))).toBe(true);
  expect(fingerprintOf(publicKey)).toMatch(/^SHA256:[\w+/]{43}$/);
});
