import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { Catalog, readBom } from "../../src/blueprint/catalog/index.ts";
import { readBlueprint, readChildren } from "../../src/blueprint/read-blueprint.ts";
import { parseYaml } from "../../src/blueprint/yaml/parse-yaml.ts";
import { knownTypes } from "../../src/management/known-types.ts";
import { Resources } from "../../src/management/resources/resource-loader.ts";
import { ServerTypes } from "../../src/management/server-types.ts";
import { Types } from "../../src/management/types.ts";
import { ClockerError } from "../../src/model/errors.ts";
import { type Refusal, refusals } from "../support/brooklyn-refusals.ts";
import { brooklynTestAdjuncts, brooklynTestEntities, brooklynTestInitializers } from "../support/brooklyn-test-types.ts";
import { fakeWork } from "../support/fake-work.ts";
import { readClassFile } from "../support/java/class-file.ts";
import { callsWithTexts, type Fields, readFields, UNKNOWN } from "../support/java/texts.ts";
import { realClock } from "../support/real-clock.ts";

/**
 * The measure of compatibility that was not written here: the blueprints and bundles of Apache Brooklyn's own tests. They are brought when the test
 * runs, as files of its jars and out of the constants of its test classes, and every one is read with a server's types and stand-ins for Brooklyn's
 * Java test classes. Each is accepted, or is in `brooklyn-refusals.ts` with the reason.
 */
const VERSION = "1.1.0";
const jars = ["camp", "launcher", "qa", "policy", "software-base", "test-framework", "rest-server", "locations-container"];

interface Found {
  /** `org.apache.brooklyn.camp.brooklyn.ConfigYamlTest.testX`, or `camp/file.yaml`. */
  readonly where: string;
  readonly kind: "bundle" | "blueprint" | "children";
  readonly text: string;
}

let found: Found[] = [];
let files = new Map<string, string>();
/** Texts that only a run of the test would complete. */
let incomplete = 0;
let outcomes: { found: Found; error: ClockerError | undefined }[] = [];

beforeAll(async () => {
  const fields: Fields = new Map();
  for (const name of ["brooklyn-core", "brooklyn-api", "brooklyn-camp"]) classes(await jar(`${name}:${VERSION}:jar`)).forEach((file) => readFields(file, fields));
  const tests = await Promise.all([`brooklyn-core:${VERSION}:jar:tests`, ...jars.map((name) => `brooklyn-${name}:${VERSION}:jar:tests`)].map(jar));
  for (const content of tests) classes(content).forEach((file) => readFields(file, fields));
  files = new Map(tests.flatMap((content) => Object.entries(content)).filter(([name]) => /\.(ya?ml|bom)$/.test(name)).map(([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")]));
  found = [...textsOfClasses(tests.flatMap(classes), fields), ...[...files].flatMap(([where, text]) => kindOf(text).map((kind) => ({ where, kind, text })))];
  incomplete = found.filter(({ text }) => text.includes(UNKNOWN)).length;
  found = found.filter(({ text }) => !text.includes(UNKNOWN));
  outcomes = await readAll(found);
});

describe("Brooklyn's own blueprints", () => {
  test("are found", () => {
    // What the constants of 1.1.0 hold: fewer would mean that the extraction has lost some.
    expect(found.length).toBeGreaterThanOrEqual(LEAST_FOUND);
    expect(incomplete).toBeLessThan(found.length / 4);
  });

  test("are accepted, but for those with a known reason", () => {
    const surprises = outcomes.filter(({ found: { where }, error }) => error !== undefined && refusalOf(where, error) === undefined);
    expect(surprises.map(({ found: { where, text }, error }) => `${where}: ${error?.message}\n${text}`)).toEqual([]);
  });

  test("are refused for no reason that is no longer one", () => {
    const used = new Set(outcomes.flatMap(({ found: { where }, error }) => (error === undefined ? [] : [refusalOf(where, error)])));
    expect(refusals.filter((refusal) => !used.has(refusal))).toEqual([]);
  });

  test("fail with no other error than Clocker's, and make specs that are JSON", () => {
    expect(outcomes.length).toBe(found.length);
  });
});

const LEAST_FOUND = 600;

function refusalOf(where: string, error: ClockerError): Refusal | undefined {
  return refusals.find((refusal) => refusal.where.test(where) && refusal.error.test(error.message));
}

/** Reads all of a class together: its bundles first, as tests add them before they use them. */
async function readAll(all: readonly Found[]): Promise<typeof outcomes> {
  const types = testTypes();
  const shipped = await shippedBundles();
  const read: typeof outcomes = [];
  for (const group of Map.groupBy(all, ({ where }) => (where.includes("/") || /\.(ya?ml|bom)$/.test(where) ? "files" : where.replace(/\.[^.]*$/, ""))).values()) {
    const catalog = new Catalog();
    for (const bundle of shipped) catalog.add(bundle);
    const beside = path.dirname(group[0]?.where.replaceAll(".", "/") ?? "").replace(/\/[^/]*$/, "");
    for (const each of all) if (each.kind === "bundle" && path.dirname(each.where) === beside) await failureOf(() => readOne(each, types, catalog));
    for (const each of [...group].sort((a, b) => Number(a.kind !== "bundle") - Number(b.kind !== "bundle"))) read.push({ found: each, error: await failureOf(() => readOne(each, types, catalog)) });
  }
  return read;
}

async function readOne({ kind, text, where }: Found, types: Types, catalog: Catalog): Promise<void> {
  const known = new ServerTypes(types, catalog, (url) => files.get(url.replace(/^classpath:\/*/, "")));
  if (kind === "bundle") {
    const bundle = await readBom(text, { source: where, kindOf: (name) => known.kindOf(name), load: (url) => textOf(url) });
    catalog.add(bundle, { force: true });
  } else if (kind === "children") for (const spec of readChildren(text, { types: known }).specs) expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  else {
    const { spec } = readBlueprint(text, { types: known });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  }
}

async function textOf(url: string): Promise<string> {
  const text = files.get(url.replace(/^classpath:\/*/, ""));
  if (text === undefined) throw new ClockerError("not-found", `Cannot find ${url}`);
  return text;
}

async function failureOf(body: () => Promise<void>): Promise<ClockerError | undefined> {
  try {
    await body();
    return undefined;
  } catch (error) {
    if (error instanceof ClockerError) return error;
    throw error;
  }
}

function testTypes(): Types {
  const known = knownTypes();
  return new Types({
    entities: [...known.entityTypes(), ...brooklynTestEntities],
    adjuncts: [...known.adjunctTypes(), ...brooklynTestAdjuncts],
    initializers: [...known.initializerTypes(), ...brooklynTestInitializers],
  });
}

async function shippedBundles() {
  const folder = path.resolve(import.meta.dirname, "../../catalog");
  return await Promise.all(readdirSync(folder).filter((name) => name.endsWith(".bom")).map(async (name) => await readBom(await readFile(path.join(folder, name), "utf8"))));
}

/** Every text that a test hands to something and that is a blueprint or a bundle, once. */
function textsOfClasses(all: readonly ReturnType<typeof readClassFile>[], fields: Fields): Found[] {
  const known = new Set<string>();
  return all.flatMap((file) =>
    callsWithTexts(file, fields).flatMap(({ caller, called, texts }) =>
      texts.flatMap((text) => {
        const key = `${file.name} ${text}`;
        if (known.has(key)) return [];
        known.add(key);
        return kindOf(text).map((kind): Found => ({ where: caller, kind: kind === "blueprint" && /children/i.test(called) ? "children" : kind, text }));
      }),
    ),
  );
}

function kindOf(text: string): Found["kind"][] {
  if (!/^[ \t"{]*(services|brooklyn\.catalog)["]?[ \t]*:/m.test(text)) return [];
  if (text.includes(UNKNOWN)) return ["blueprint"];
  let value: unknown;
  try {
    ({ value } = parseYaml(text));
  } catch {
    // Files that are no blueprints, and texts that are to be refused.
    return /^brooklyn\.catalog:/m.test(text) ? ["bundle"] : /^services:/m.test(text) ? ["blueprint"] : [];
  }
  // A line of a text that the test puts together otherwise is no blueprint yet.
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  if ("brooklyn.catalog" in value) return value["brooklyn.catalog"] === null ? [] : ["bundle"];
  return "services" in value && value.services !== null ? ["blueprint"] : [];
}

function classes(content: Record<string, Uint8Array>): ReturnType<typeof readClassFile>[] {
  return Object.entries(content).filter(([name]) => name.endsWith(".class") && !/module-info/.test(name)).map(([, bytes]) => readClassFile(bytes));
}

/** The files of a jar of Brooklyn's, kept between runs. */
async function jar(artifact: string): Promise<Record<string, Uint8Array>> {
  const resources = new Resources({ clock: realClock, dataDir: path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir() || tmpdir(), ".cache"), "clocker", "test") });
  try {
    const file = await resources.file(`mvn:org.apache.brooklyn:${artifact}`, fakeWork());
    return unzipSync(await readFile(file), { filter: ({ name }) => /\.(class|ya?ml|bom)$/.test(name) });
  } finally {
    await resources.close();
  }
}
