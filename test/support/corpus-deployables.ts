import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { PROJECT } from "./clocker-process.ts";

/** A blueprint of the corpus that a server can deploy. */
export interface Deployable {
  /** Its path below `test/corpus`. */
  readonly name: string;
  readonly text: string;
  /** Why its start fails, for those that are written so that it must; it runs otherwise. */
  readonly failure: string | undefined;
}

/** One that is not deployed, and why. */
export interface Excluded {
  readonly name: string;
  readonly reason: string;
}

type Tree = Readonly<Record<string, unknown>>;

const CORPUS = join(PROJECT, "test/corpus");

/** Types that need nothing but a machine, or not even that. Those that stand for a cloud, or bring software of their own, have end-to-end tests of their own. */
const CORE = new RegExp(
  `^(?:org\\.apache\\.brooklyn\\.entity\\.(?:${[
    "stock\\.\\w+",
    "group\\.\\w+",
    "machine\\.MachineEntity",
    "machine\\.pool\\.ServerPool",
    "software\\.base\\.(?:VanillaSoftwareProcess|EmptySoftwareProcess|SameServerEntity)",
  ].join("|")}))$`,
);

/**
 * The blueprints of the corpus by the trees that they are expected to make: those of core types are deployed, all others are left out with the reason.
 * @param special by name: why it is left out although its types are core types
 */
export function deployables(special: Readonly<Record<string, string>>): { deployable: Deployable[]; excluded: Excluded[] } {
  const deployable: Deployable[] = [];
  const excluded: Excluded[] = [];
  for (const name of blueprintNames()) {
    const text = readFileSync(join(CORPUS, name), "utf8");
    const expected = readFileSync(join(CORPUS, "expected", `${name}.txt`), "utf8");
    // An error: that it is refused is what its own test shows.
    if (!/^type: /m.test(expected)) continue;
    const tree = treeOf(parse(expected) as unknown);
    const foreign = typesIn(tree).find((type) => !CORE.test(type));
    const reason = special[name] ?? (foreign === undefined ? undefined : `it has ${foreign}, which is no core type`);
    if (reason === undefined) deployable.push({ name, text, failure: failureOf(tree) });
    else excluded.push({ name, reason });
  }
  const unknown = Object.keys(special).filter((name) => !excluded.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`There is no such blueprint in the corpus: ${unknown.join(", ")}`);
  return { deployable, excluded };
}

/** The blueprint as it is, but for where it goes. */
export function relocated(text: string, location: unknown): string {
  const document = parseDocument(text);
  for (const key of ["location", "locations"]) document.delete(key);
  document.set("location", location);
  return document.toString();
}

function blueprintNames(): string[] {
  return ["blueprints", "server"].flatMap((folder) =>
    readdirSync(join(CORPUS, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => join(folder, name))
      .sort(),
  );
}

function treeOf(value: unknown): Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The types of all entities, those that clusters make included. */
function typesIn(tree: Tree): string[] {
  const own = typeof tree["type"] === "string" ? [tree["type"]] : [];
  const specs = Object.values(treeOf(tree["config"])).map(treeOf).filter((value) => typeof value["type"] === "string" && !("objectType" in value));
  return [...own, ...[...childrenOf(tree), ...specs].flatMap(typesIn)];
}

function childrenOf(tree: Tree): Tree[] {
  return Array.isArray(tree["children"]) ? tree["children"].map(treeOf) : [];
}

/** Most processes of the corpus have commands that are there to be read, not run: their start must say so. */
function failureOf(tree: Tree): string | undefined {
  const config = treeOf(tree["config"]);
  if (typeof tree["type"] === "string" && tree["type"].endsWith(".VanillaSoftwareProcess") && config["skip.start"] !== true) {
    const commands = ["pre.install", "install", "post.install", "pre.customize", "customize", "post.customize", "pre.launch", "launch", "post.launch"].map((phase) => config[`${phase}.command`]);
    const missing = commands.find((command) => typeof command === "string" && /^(?:\.\/\w+|[a-z])$/.test(command));
    if (missing !== undefined) return String(missing);
    if (config["launch.command"] === undefined) return "launch.command";
  }
  return childrenOf(tree).map(failureOf).find((failure) => failure !== undefined);
}
