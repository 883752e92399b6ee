import { describe, expect, it } from "vitest";
import { fakeManagement } from "../../test/support/fake-management.ts";
import { Catalog } from "../blueprint/catalog/index.ts";
import { examineBlueprint, readBlueprint } from "../blueprint/read-blueprint.ts";
import { ClockerError } from "../model/errors.ts";
import { knownTypes } from "./known-types.ts";
import { NamedBlueprints } from "./named-blueprints.ts";
import { ServerTypes } from "./server-types.ts";

const types = new ServerTypes(knownTypes(), new Catalog());

/** Reads a blueprint where the files are what URLs name; with what was opened. */
async function read(text: string, files: Record<string, string>) {
  const opened: string[] = [];
  const { plane } = fakeManagement({
    resources: {
      read: async (url) => {
        opened.push(url);
        const content = files[url];
        if (content === undefined) throw new ClockerError("not-found", `Cannot find ${url}`);
        return Buffer.from(content);
      },
      file: () => Promise.reject(new Error("No files")),
    },
  });
  const named = new NamedBlueprints(plane);
  await named.open((document) => examineBlueprint(text, { types: types.withDocuments(document) }).problems);
  const { spec } = readBlueprint(text, { types: types.withDocuments((url) => named.text(url)) });
  return { spec, opened };
}

describe("types that are the URLs of blueprints", () => {
  it("stand for the entity that the blueprint describes, and what is beside them is added", async () => {
    const files = { "classpath://web.yaml": "name: Web\nservices:\n- type: basic-entity\n  brooklyn.config: {a: 1, b: 1}\n" };
    const { spec, opened } = await read("services:\n- type: classpath://web.yaml\n  id: web\n  brooklyn.config: {b: 2}\n- type: classpath://web.yaml\n", files);
    expect(spec.children).toMatchObject([
      { type: "org.apache.brooklyn.entity.stock.BasicEntity", displayName: "Web", planId: "web", config: { a: 1, b: 2 } },
      { type: "org.apache.brooklyn.entity.stock.BasicEntity", displayName: "Web", config: { a: 1, b: 1 } },
    ]);
    expect(opened).toEqual(["classpath://web.yaml"]);
  });

  it("may name others", async () => {
    const files = { "http://x/a.yaml": "services: [{type: 'http://x/b.yaml'}]", "http://x/b.yaml": "type: basic-entity\nname: B\n" };
    const { spec, opened } = await read("services: [{type: basic-entity, brooklyn.children: [{type: 'http://x/a.yaml'}]}]", files);
    expect(spec.children[0]?.children).toMatchObject([{ displayName: "B" }]);
    expect(opened).toEqual(["http://x/a.yaml", "http://x/b.yaml"]);
  });

  it("may not name themselves", async () => {
    const files = { "http://x/a.yaml": "services: [{type: 'http://x/a.yaml'}]" };
    await expect(read("services: [{type: 'http://x/a.yaml'}]", files)).rejects.toThrow("is made from itself");
  });

  it("that cannot be opened are told of, and faults in them name the file and the place", async () => {
    await expect(read("services: [{type: 'http://x/none.yaml'}]", {})).rejects.toThrow("Cannot find http://x/none.yaml");
    await expect(read("services: [{type: 'http://x/a.yaml'}]", { "http://x/a.yaml": "services:\n- type: no.such.Type\n" })).rejects.toThrow('unknown type "no.such.Type" in catalog item "http://x/a.yaml" at line 2, column 9 of http://x/a.yaml');
  });
});
