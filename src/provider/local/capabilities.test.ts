import { expect, test } from "vitest";
import { boundingCapabilities } from "./capabilities.ts";

test("boundingCapabilities names the bits of the bounding set, and none newer than engines know", () => {
  expect(boundingCapabilities("CapEff:\t0000000000000000\nCapBnd:\t0000000000200401\n")).toEqual(["CHOWN", "NET_BIND_SERVICE", "SYS_ADMIN"]);
  const all = boundingCapabilities("CapBnd:\t000001ffffffffff\n");
  expect(all).toHaveLength(38);
  expect(all.at(-1)).toBe("AUDIT_READ");
});

test("boundingCapabilities leaves out what is not there", () => {
  expect(boundingCapabilities("CapBnd:\t000001fffeffffff\n")).not.toContain("SYS_RESOURCE");
});
