import { describe, expect, it } from "vitest";
import { containerBody } from "./container-spec.ts";

describe("containerBody()", () => {
  it("turns systempaths=unconfined into empty lists, which the engine knows", () => {
    expect(containerBody({ image: "a", securityOpt: ["seccomp=unconfined", "systempaths=unconfined"] })).toMatchObject({
      HostConfig: { SecurityOpt: ["seccomp=unconfined"], MaskedPaths: [], ReadonlyPaths: [] },
    });
    expect(containerBody({ image: "a" })["HostConfig"]).not.toHaveProperty("MaskedPaths");
  });

  it("publishes and exposes ports, tcp where no protocol is named", () => {
    expect(containerBody({ image: "a", ports: { "80": 49_153, "53/udp": 5353 }, exposedPorts: ["9000"] })).toMatchObject({
      ExposedPorts: { "80/tcp": {}, "53/udp": {}, "9000/tcp": {} },
      HostConfig: { PortBindings: { "80/tcp": [{ HostPort: "49153" }], "53/udp": [{ HostPort: "5353" }] } },
    });
  });

  it("mounts folders, and refuses paths that would be read as something else", () => {
    expect(containerBody({ image: "a", binds: [{ source: "/a", target: "/b", readOnly: true }, { source: "data", target: "/c" }] })).toMatchObject({
      HostConfig: { Binds: ["/a:/b:ro", "data:/c"] },
    });
    expect(() => containerBody({ image: "a", binds: [{ source: "/a:/etc", target: "/b" }] })).toThrowError(/"\/a:\/etc"/);
  });

  it("is not privileged unless asked", () => {
    expect(containerBody({ image: "a" })).toMatchObject({ HostConfig: { Privileged: false } });
  });
});
