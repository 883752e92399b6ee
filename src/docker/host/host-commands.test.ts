import { expect, test } from "vitest";
import { splitArguments } from "./host-commands.ts";

test.each([
  ["ps -a", ["ps", "-a"]],
  ["  run --name 'my box' busybox echo \"a b\" c\\ d ", ["run", "--name", "my box", "busybox", "echo", "a b", "c d"]],
  ["inspect --format '{{.State.Running}}' x", ["inspect", "--format", "{{.State.Running}}", "x"]],
  ["echo ''", ["echo", ""]],
  ["info; rm -rf /", ["info;", "rm", "-rf", "/"]],
])("splitArguments of %s", (line, expected) => {
  expect(splitArguments(line)).toEqual(expected);
});

test("splitArguments refuses an open quote", () => {
  expect(() => splitArguments("echo 'a")).toThrow("a quote is not closed");
});
