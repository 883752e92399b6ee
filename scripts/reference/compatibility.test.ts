import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { endpoints } from "../../test/corpus/reference.ts";
import { compatibilityPage, factsOf } from "./compatibility.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** What the shipped catalog has. */
const shipped = readdirSync(path.join(ROOT, "catalog")).filter((name) => name.endsWith(".bom")).flatMap((name) => [...readFileSync(path.join(ROOT, "catalog", name), "utf8").matchAll(/^ {2}- id: (\S+)$/gm)].map(([, id = ""]) => id));

/** A server that has what the reference says is there, without some of it, or with more types. */
function facts(without?: string, more: readonly string[] = []) {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const [method = "", url = ""] = endpoint.split(" ");
    if (endpoint !== without) paths[url] = { ...paths[url], [method.toLowerCase()]: {} };
  }
  return factsOf(ROOT, { paths }, [...shipped.filter((name) => name !== without), ...more]);
}

describe("compatibilityPage", () => {
  it("has a row for every name", () => expect(compatibilityPage(facts()).body).toContain("| `GET /v1/applications/{app}` | works |"));

  it("refuses an endpoint that is said to work and is not there", () =>
    expect(() => compatibilityPage(facts("GET /v1/applications/{app}"))).toThrow('"Endpoints: GET /v1/applications/{app}" is said to work, and is not there'));

  it("says of a type that is not there why", () => expect(compatibilityPage(facts()).body).toMatch(/`entity.nosql.redis.RedisStore` \| not there \| No bundle/));

  it("refuses what is said not to be and is there", () => {
    const all = facts(undefined, ["web-app-cluster"]);
    expect(() => compatibilityPage(all)).toThrow('"Short types: web-app-cluster" is there, and is said not to be');
  });
});
