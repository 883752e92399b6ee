import { expect, it } from "vitest";
import { pooledRandom } from "./pooled-random.ts";

it("pooledRandom gives as many bytes as are asked for, and none twice", () => {
  const random = pooledRandom();
  const sizes = [8, 10, 1, 8_192, 8_193, 20_000];
  expect(sizes.map((size) => random(size).length)).toEqual(sizes);
  const seen = new Set<string>();
  for (let i = 0; i < 5_000; i++) seen.add(Buffer.from(random(10)).toString("hex"));
  expect(seen.size).toBe(5_000);
});

it("pooledRandom's bytes stay as they are when more are asked for", () => {
  const random = pooledRandom();
  const first = random(16);
  const copy = Uint8Array.from(first);
  for (let i = 0; i < 2_000; i++) random(16);
  expect(first).toEqual(copy);
});
