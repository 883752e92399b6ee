import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { blueprintsIn, readEnvFile } from "./blueprint-settings.ts";

const NONE = { set: {}, variables: {} };

describe("blueprintsIn", () => {
  it("leaves a single document as it was written, and what does not parse to the server", () => {
    for (const text of ["# mine\nname:   A # note\n", "a: [", "http://example.org/plan.yaml", "", "- a"]) expect(blueprintsIn(text, NONE)).toEqual([text]);
  });

  it("takes several documents apart", () => {
    const found = blueprintsIn("name: A\nservices: []\n---\n# second\nname: B\n---\n", NONE);
    expect(found.map((text) => parse(text) as unknown)).toEqual([{ name: "A", services: [] }, { name: "B" }]);
    for (const text of found) expect(text).not.toContain("---");
  });

  it("sets config of the application, its name and its location, with the types of YAML", () => {
    const [text = ""] = blueprintsIn("name: A\nbrooklyn.config: {http.port: 80}\n", { set: { "http.port": "8090", "my.text": "a: b: c", flag: "true", list: "[1, 2]", name: "B", location: "local" }, variables: {} });
    expect(parse(text)).toEqual({ name: "B", location: "local", "brooklyn.config": { "http.port": 8090, "my.text": "a: b: c", flag: true, list: [1, 2] } });
    const [made = ""] = blueprintsIn("services: []", { set: { size: "3" }, variables: {} });
    expect(parse(made)).toEqual({ services: [], "brooklyn.config": { size: 3 } });
    expect(() => blueprintsIn("- a", { set: { a: "1" }, variables: {} })).toThrow('Cannot set "a": the blueprint is not a map');
  });

  it("replaces variables that are known within values, which can add no keys", () => {
    const [text = ""] = blueprintsIn("name: ${NAME}\nurl: http://${HOST}/${driver.version}\n", { set: {}, variables: { NAME: "x\nevil: true", HOST: "here" } });
    expect(parse(text)).toEqual({ name: "x\nevil: true", url: "http://here/${driver.version}" });
  });
});

describe("readEnvFile", () => {
  it("reads names and values", () => {
    expect(readEnvFile("# comment\nA=1\nexport B = two words \nC='quoted # '\nD=\n\n", "x.env")).toEqual({ A: "1", B: "two words", C: "quoted # ", D: "" });
    expect(() => readEnvFile("A=1\nnonsense\n", "x.env")).toThrow('Cannot read "x.env": line 2 is not NAME=VALUE');
  });
});
