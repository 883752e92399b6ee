import { expect, test } from "vitest";
import { expandBraces } from "./brace-expansion.ts";

test.each([
  ["10.9.2.{10,11,20-22}", ["10.9.2.10", "10.9.2.11", "10.9.2.20", "10.9.2.21", "10.9.2.22"]],
  ["a, b ,c", ["a", "b", "c"]],
  ["a{1,2}.b{3,4}", ["a1.b3", "a1.b4", "a2.b3", "a2.b4"]],
  ["a{1,{2,3-4}x}", ["a1", "a2x", "a3x", "a4x"]],
  ["node{08-10}", ["node08", "node09", "node10"]],
  ["root@10.0.0.{1-2}:22,h", ["root@10.0.0.1:22", "root@10.0.0.2:22", "h"]],
  ["a-1", ["a-1"]],
  ["", []],
  [" , ", []],
])("expandBraces reads %j", (text, names) => {
  expect(expandBraces(text)).toEqual(names);
});

test.each([
  ["a{1,2", '"{" without "}"'],
  ["a}", '"}" without "{"'],
  ["a{9-1}", "range 9-1 goes backwards"],
  ["a{1-99999999999}", "more than 10000 names"],
  ["{1-9999}{1-9999}", "more than 10000 names"],
])("expandBraces refuses %j", (text, reason) => {
  expect(() => expandBraces(text)).toThrow(reason);
});
