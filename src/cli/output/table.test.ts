import { describe, expect, it } from "vitest";
import { facts, table } from "./table.ts";

const rows = [
  { id: "a1", name: "A rather long name of an entity", type: "org.example.SomeTypeOfEntity" },
  { id: "b2", name: "Short\nname\u001b[31m", type: "x" },
];
const columns = [
  { title: "ID", value: (row: (typeof rows)[number]) => row.id },
  { title: "NAME", value: (row: (typeof rows)[number]) => row.name },
  { title: "TYPE", value: (row: (typeof rows)[number]) => row.type },
];

describe("table", () => {
  it("is as wide as it needs to be where nothing may be cut, and shows no control characters", () => {
    expect(table(columns, rows, undefined)).toBe(
      ["ID  NAME                             TYPE", "a1  A rather long name of an entity  org.example.SomeTypeOfEntity", "b2  Short name[31m                   x"].join("\n"),
    );
  });

  it.each([70, 60, 50, 40, 30])("fits %i columns by cutting the widest", (width) => {
    const lines = table(columns, rows, width).split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines[1]?.startsWith("a1  A ")).toBe(true);
  });

  it("shows titles when there are no rows", () => {
    expect(table(columns, [], 80)).toBe("ID  NAME  TYPE");
  });
});

describe("facts", () => {
  it("leaves out what is not known", () => {
    expect(facts([["Name", "x"], ["Long name", undefined], ["Up", true], ["Map", { a: 1 }]])).toBe('Name  x\nUp    true\nMap   {"a":1}');
  });
});
