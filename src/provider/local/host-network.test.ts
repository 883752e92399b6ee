import { expect, test } from "vitest";
import { defaultRouteDevice, reachableNameServers } from "./host-network.ts";

test("reachableNameServers leaves out loopback addresses", () => {
  expect(reachableNameServers("# x\nnameserver 127.0.0.53\nsearch a\nnameserver 10.0.0.2\nnameserver ::1\n nameserver fd00::2\n")).toEqual(["10.0.0.2", "fd00::2"]);
});

test("defaultRouteDevice finds the interface that leads outside", () => {
  const table = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\ndocker0\t000011AC\t0\t1\t0\t0\t0\t0000FFFF\t0\neth0\t00000000\t010200C0\t3\t0\t0\t0\t00000000\t0\n";
  expect(defaultRouteDevice(table)).toBe("eth0");
  expect(defaultRouteDevice("Iface\tDestination\n")).toBeUndefined();
});
