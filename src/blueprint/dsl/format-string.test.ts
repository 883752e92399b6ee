import { describe, expect, it } from "vitest";
import { formatString } from "./format-string.ts";

describe("formatString formats as Java's String.format", () => {
  it.each<[string, unknown[], string]>([
    ["docker-%1$s", ["a"], "docker-a"],
    ["docker-%2$d", ["a", 7], "docker-7"],
    ["container-%2$02x", ["a", 10], "container-0a"],
    ["%5s|%-5s|%.2s", ["ab", "ab", "abc"], "   ab|ab   |ab"],
    ["%05d %+d % d %,d", [-42, 5, 5, 1_234_567], "-0042 +5  5 1,234,567"],
    ["%f %.1f %e", [1.5, 2.25, 12345.678], "1.500000 2.3 1.234568e+04"],
    ["%x %X %x %o", [255, 255, -1, 8], "ff FF ffffffff 10"],
    ["%s %s %s %s", [null, true, { a: 1 }, [1, 2]], 'null true {"a":1} [1,2]'],
    ["%b %c %n%%", ["x", "abc"], "true a \n%"],
    ["%d", ["12"], "12"],
  ])("%j with %j", (format, args, expected) => expect(formatString(format, args)).toBe(expected));

  it.each<[string, unknown[], string]>([
    ["%s", [], '"%s" of "%s" has no argument: 0 are given'],
    ["%d", [1.5], '"%d" needs a whole number, not 1.5'],
    ["%f", ["x"], '"%f" needs a number, not x'],
    ["%q", ["x"], '"%q" is no placeholder that is known'],
  ])("%j with %j is refused", (format, args, message) => expect(() => formatString(format, args)).toThrow(message));
});
