import { expect, test } from "vitest";
import { parseProbe } from "./host-probe.ts";

test("parseProbe reads what the script prints", () => {
  expect(parseProbe("engine=yes\ninit=systemd\npackages=apt-get\nbrought=no\nrestartDue=yes\nmtu=1400\nroot=yes\n")).toEqual({
    engine: true,
    init: "systemd",
    brought: false,
    restartDue: true,
    mtu: 1400,
    root: true,
  });
});

test("parseProbe takes what is missing or strange for absent", () => {
  expect(parseProbe("init=upstart\nmtu=\n")).toEqual({ engine: false, init: "none", brought: false, restartDue: false, mtu: 0, root: false });
});
