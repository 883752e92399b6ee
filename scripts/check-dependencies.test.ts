import { describe, expect, it } from "vitest";
import { violationsIn } from "./check-dependencies.ts";
import { findCycles } from "./find-cycles.ts";
import { importsOf } from "./imports-of.ts";

const packages = new Set(["yaml", "@fastify/swagger"]);

/** The violations of a project whose files import what is given. */
function violations(imports: Record<string, string[]>): string[] {
  const files = Object.entries(imports).map(([path, specifiers]) => ({ path, text: specifiers.map((specifier) => `import { x } from "${specifier}";\n`).join("") }));
  return violationsIn(files, packages).map(({ path, line, message }) => `${path}:${line}: ${message}`);
}

describe("violationsIn", () => {
  it("lets a folder know itself and those below", () => {
    expect(violations({ "src/docker/a.ts": ["./b.ts", "../model/entity.ts", "../engine/engine.ts", "../blueprint/b.ts"], "src/docker/b.ts": [] })).toEqual([]);
  });

  it("refuses a folder above, with the line", () => {
    expect(violations({ "src/docker/a.ts": ["../model/entity.ts", "../management/deploy.ts"] })).toEqual([
      'src/docker/a.ts:2: imports "src/management/deploy.ts": src/management is not below src/docker',
    ]);
  });

  it("refuses a folder of the same level", () => {
    expect(violations({ "src/enricher/e.ts": ["../policy/p.ts"] })).toEqual(['src/enricher/e.ts:1: imports "src/policy/p.ts": src/policy is not below src/enricher']);
  });

  it("lets the engine and the blueprint know the model only", () => {
    expect(violations({ "src/engine/e.ts": ["../blueprint/b.ts", "../model/entity.ts"] })).toEqual(['src/engine/e.ts:1: imports "src/blueprint/b.ts": src/engine knows only src/model']);
  });

  it("keeps the model pure, its tests apart", () => {
    const refused = violations({ "src/model/m.ts": ["node:util", "yaml", "../engine/engine.ts"], "src/model/m.test.ts": ["vitest", "node:fs", "../../test/support/s.ts"] });
    expect(refused).toEqual([
      'src/model/m.ts:1: imports "node:util": src/model is pure, it does no I/O and uses no package',
      'src/model/m.ts:2: imports "yaml": src/model is pure, it does no I/O and uses no package',
      'src/model/m.ts:3: imports "src/engine/engine.ts": src/model knows no other folder',
    ]);
  });

  it("refuses packages that are not dependencies, and modules of Node without node:", () => {
    expect(violations({ "src/docker/a.ts": ["yaml", "@fastify/swagger/x", "node:fs", "fs", "lodash"] })).toEqual([
      'src/docker/a.ts:4: imports "fs": write "node:fs"',
      'src/docker/a.ts:5: imports "lodash", which is not in the dependencies of package.json',
    ]);
  });

  it("refuses what is outside src, and tests", () => {
    expect(violations({ "src/docker/a.ts": ["../../test/support/s.ts", "../model/entity.test.ts"] })).toEqual([
      'src/docker/a.ts:1: imports "test/support/s.ts" from outside src',
      'src/docker/a.ts:2: imports the test "src/model/entity.test.ts"',
    ]);
  });

  it("refuses a folder that is not in the table", () => {
    expect(violations({ "src/helpers/a.ts": ["../model/entity.ts"] })).toEqual(['src/helpers/a.ts:1: is in "src/helpers", which is not in the table of folders']);
  });

  it("names a cycle once, at the import that begins it", () => {
    expect(violations({ "src/docker/a.ts": ["../model/entity.ts", "./b.ts"], "src/docker/b.ts": ["./c.ts"], "src/docker/c.ts": ["./a.ts"] })).toEqual([
      "src/docker/a.ts:2: is in an import cycle: src/docker/a.ts → src/docker/b.ts → src/docker/c.ts → src/docker/a.ts",
    ]);
  });

  it("lets types refer to each other in a circle, but not upwards", () => {
    const files = [
      { path: "src/model/a.ts", text: 'import type { B } from "./b.ts";' },
      { path: "src/model/b.ts", text: 'import type { A } from "./a.ts";\nimport type { D } from "../docker/d.ts";' },
      { path: "src/docker/d.ts", text: "" },
    ];
    expect(violationsIn(files, packages)).toEqual([{ path: "src/model/b.ts", line: 2, message: 'imports "src/docker/d.ts": src/model knows no other folder' }]);
  });
});

describe("importsOf", () => {
  it("finds every form of import, with its line", () => {
    const text = [
      'import one from "./one.ts";',
      'import type { Two } from "./two.ts";',
      "import {",
      "  three,",
      "  type Four,",
      '} from "./three.ts";',
      'import "./effect.ts";',
      'export * from "./star.ts";',
      'export type { Five } from "./five.ts";',
      'const lazy = await import("./lazy.ts");',
      'new Worker(new URL("./worker.ts", import.meta.url));',
    ].join("\n");
    expect(importsOf(text).map(({ specifier, line, typeOnly, dynamic }) => [specifier, line, typeOnly ? "type" : dynamic ? "dynamic" : "static"])).toEqual([
      ["./one.ts", 1, "static"],
      ["./two.ts", 2, "type"],
      ["./three.ts", 6, "static"],
      ["./effect.ts", 7, "static"],
      ["./star.ts", 8, "static"],
      ["./five.ts", 9, "type"],
      ["./lazy.ts", 10, "dynamic"],
      ["./worker.ts", 11, "dynamic"],
    ]);
  });

  it("does not take comments and exported values for imports", () => {
    const text = '/*\nimport a from "./a.ts";\n*/\n// import b from "./b.ts";\n/** import("./c.ts") */\nexport const from = "./d.ts";\nexport function f() {}\nconst s = `from "./e.ts"`;\n';
    expect(importsOf(text)).toEqual([]);
  });
});

describe("findCycles", () => {
  it("gives one shortest cycle for each group of files that reach each other", () => {
    const graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["a"]],
      ["e", ["e"]],
      ["f", ["a"]],
    ]);
    expect(findCycles(graph)).toEqual([["a", "d"], ["e"]]);
  });
});
