import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeProperties, parseProperties } from "./parse-properties.ts";

function read(text: string): Record<string, string> {
  return Object.fromEntries(parseProperties(text, "x.properties").map(({ key, value }) => [key, value]));
}

describe("parseProperties", () => {
  it.each([
    ["an equals sign", "a=b", { a: "b" }],
    ["a colon", "a:b", { a: "b" }],
    ["a blank", "a b", { a: "b" }],
    ["a tab and a form feed", "a\t\fb", { a: "b" }],
    ["blanks around the sign", "  a  =  b  ", { a: "b  " }],
    ["one sign only", "a = = b", { a: "= b" }],
    ["a second sign of the value", "url=http://x:1/?a=b", { url: "http://x:1/?a=b" }],
    ["no value", "a\nb=\nc:", { a: "", b: "", c: "" }],
    ["no key", "=b", { "": "b" }],
    ["escaped signs and blanks in the key", "a\\ b\\:c\\=d = e", { "a b:c=d": "e" }],
    ["comments and blank lines", "# a=b\n  ! c=d\n\n \t\ne=f", { e: "f" }],
    ["signs of comments within a line", "a=b # c ! d", { a: "b # c ! d" }],
    ["all line ends", "a=1\nb=2\r\nc=3\rd=4", { a: "1", b: "2", c: "3", d: "4" }],
    ["a line that goes on", "a=b\\\n   c\\\r\n\td", { a: "bcd" }],
    ["a key that goes on", "a\\\n b=c", { ab: "c" }],
    ["a comment sign on the line that goes on", "a=b\\\n# c", { a: "b# c" }],
    ["a comment that does not go on", "# a\\\nb=c", { b: "c" }],
    ["escaped backslashes at the end", "a=b\\\\\nc=d", { a: "b\\", c: "d" }],
    ["three backslashes at the end", "a=b\\\\\\\nc=d", { a: "b\\c=d" }],
    ["a blank line after one that goes on", "a=b\\\n\nc=d", { a: "b", c: "d" }],
    ["the end after a backslash", "a=b\\", { a: "b" }],
    ["escapes", "a=\\t\\n\\r\\f\\q\\\\\\\"", { a: '\t\n\r\fq\\"' }],
    ["characters by number", "gr\\u00fc\\u00DFe=\\u4e2D\\ud83d\\ude80", { grüße: "中🚀" }],
    ["blanks by escape at the start of a value", "a=\\ \\ b", { a: "  b" }],
    ["the last of duplicates", "a=1\nb=2\na=3", { a: "3", b: "2" }],
    ["an empty file", "", {}],
  ])("reads %s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("tells the line of every property, counted over lines that go on", () => {
    expect(parseProperties("# x\na=1\\\n 2\n\nb=3", "x").map(({ key, line }) => [key, line])).toEqual([
      ["a", 2],
      ["b", 5],
    ]);
  });

  it.each(["a=\\u12", "a=\\u12G4", "\\u=1", "a=C:\\users"])("refuses %s with file and line", (text) => {
    const refusal = expect.objectContaining({ code: "invalid-value", message: expect.stringContaining('"x.properties", line 2'), details: { file: "x.properties", line: 2 } });
    expect(() => parseProperties(`ok=1\n${text}`, "x.properties")).toThrow(refusal);
  });

  it("reads back what Java's store method writes", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (key, value) => read(`${escaped(key, true)}=${escaped(value, false)}`)[key] === value));
  });
});

describe("decodeProperties", () => {
  it("takes UTF-8 where it is valid, and ISO 8859-1 otherwise", () => {
    expect(decodeProperties(Buffer.from("a=grün"))).toBe("a=grün");
    expect(decodeProperties(Buffer.from("a=grün", "latin1"))).toBe("a=grün");
    expect(decodeProperties(Buffer.from("\ufeffa=b"))).toBe("a=b");
  });
});

/** As `java.util.Properties.store` escapes. */
function escaped(text: string, key: boolean): string {
  return text
    .split("")
    .map((character, index) => {
      if (character === " ") return index === 0 || key ? "\\ " : " ";
      if ("\\=:#!".includes(character)) return `\\${character}`;
      return /[\x20-\x7e]/.test(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    })
    .join("");
}
