import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["docker.host.cluster.maxsize", ["docker.host.cluster.maxSize", "docker.host.cluster.initial.size"], "docker.host.cluster.maxSize"],
  ["locl", ["local", "localhost", "byon"], "local"],
  ["strat", ["start", "stop", "restart"], "start"],
  ["start", [], undefined],
  ["xyz", ["start", "stop"], undefined],
  ["", ["start"], undefined],
])("nearest to %o of %o is %o", (name, known, expected) => {
  expect(nearest(name, known)).toBe(expected);
});
