import { describe, expect, it } from "vitest";
import { parseFacts } from "./facts.ts";

const OUTPUT = `os=debian
osVersion=12
kernel=Linux
architecture=x86_64
hostname=web-1
cpus=8
memoryKilobytes=16000000
memoryLimit=max
diskFreeKilobytes=1000
`;

describe("parseFacts()", () => {
  it("reads what the script prints", () => {
    expect(parseFacts(OUTPUT, "m")).toEqual({ os: "debian", osVersion: "12", architecture: "amd64", hostname: "web-1", cpus: 8, memoryBytes: 16_384_000_000, diskFreeBytes: 1_024_000 });
  });

  it.each([
    ["memoryLimit=max", "memoryLimit=1073741824", 1_073_741_824],
    ["memoryLimit=max", "memoryLimit=9223372036854771712", 16_384_000_000],
    ["memoryKilobytes=16000000", "memoryBytes=2000000", 2_000_000],
  ])("takes the smaller of the memory and its limit: %s → %s", (before, after, bytes) => {
    expect(parseFacts(OUTPUT.replace(before, after), "m").memoryBytes).toBe(bytes);
  });

  it("names systems without os-release by their kernel, and architectures as Docker does", () => {
    const other = OUTPUT.replace("os=debian", "os=").replace("x86_64", "aarch64");
    expect(parseFacts(other, "m")).toMatchObject({ os: "linux", architecture: "arm64" });
  });

  it("refuses an answer that is none, telling what it was", () => {
    expect(() => parseFacts("Please change your password", "m", "")).toThrowError(/facts of "m".*Please change your password/);
  });
});
