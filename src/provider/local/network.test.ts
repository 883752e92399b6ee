import { expect, test } from "vitest";
import { hostAddresses } from "./network.ts";

test("hostAddresses leaves out the network's, the gateway's and the broadcast address", () => {
  expect([...hostAddresses("10.0.0.8/29")]).toEqual(["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14"]);
});

test("hostAddresses carries over bytes, and begins at the subnet whatever address names it", () => {
  const addresses = [...hostAddresses("172.18.7.7/16")];
  expect(addresses[0]).toBe("172.18.0.2");
  expect(addresses[254]).toBe("172.18.1.0");
  expect(addresses).toHaveLength(65_533);
});
