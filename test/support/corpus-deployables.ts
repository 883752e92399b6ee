import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { PROJECT } from "./clocker-process.ts";

/** How a deployment ends. */
export type End =
  /** It runs. */
  | { readonly kind: "runs" }
  /** It is started, and is on fire as nothing in it can be up: clusters of entities that are nothing but data. */
  | { readonly kind: "idle" }
  /** Its start fails: it was written to be read, and names commands and files that are nowhere. The text is in its problems. */
  | { readonly kind: "fails"; readonly because: string }
  /** It is refused when its entities are made. The text is in the answer. */
  | { readonly kind: "refused"; readonly because: string };

/** A blueprint of the corpus that a server is given. */
export interface Deployable {
  /** Its path below `test/corpus`. */
  readonly name: string;
  readonly text: string;
  readonly end: End;
  /** Whether it makes a difference where it is deployed. */
  readonly needsMachine: boolean;
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
 * @param special by name: why it is left out although its types are core types, or how it ends where the tree does not tell
 */
export function deployables(special: Readonly<Record<string, string | End>>): { deployable: Deployable[]; excluded: Excluded[] } {
  const deployable: Deployable[] = [];
  const excluded: Excluded[] = [];
  for (const name of blueprintNames()) {
    const text = readFileSync(join(CORPUS, name), "utf8");
    const expected = readFileSync(join(CORPUS, "expected", `${name}.txt`), "utf8");
    // An error: that it is refused is what its own test shows.
    if (!/^type: /m.test(expected)) continue;
    const tree = treeOf(parse(expected) as unknown);
    const foreign = typesIn(tree).find((type) => !CORE.test(type));
    const given = special[name];
    const reason = typeof given === "string" ? given : foreign === undefined ? undefined : `it has ${foreign}, which is no core type`;
    if (reason !== undefined) excluded.push({ name, reason });
    else deployable.push({ name, text, end: typeof given === "object" ? given : endOf(tree), needsMachine: typesIn(tree).some((type) => /\.(?:machine|software)\./.test(type)) });
  }
  const unknown = Object.keys(special).filter((name) => ![...deployable, ...excluded].some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`There is no such blueprint in the corpus: ${unknown.join(", ")}`);
  return { deployable, excluded };
}

/** The blueprint as it is, but for where it goes. */
export function relocated(text: string, location: unknown): string {
  const document = parseDocument(text, { uniqueKeys: false });
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

/** The types of all entities, those that clusters make included; of a shipped catalog item its own name. */
function typesIn(tree: Tree): string[] {
  const own = [tree["catalogItemId"] ?? tree["type"]].filter((type) => typeof type === "string");
  const specs = Object.values(treeOf(tree["config"])).map(treeOf).filter((value) => typeof value["type"] === "string" && !("objectType" in value));
  return [...own, ...[...childrenOf(tree), ...specs].flatMap(typesIn)];
}

function childrenOf(tree: Tree): Tree[] {
  return Array.isArray(tree["children"]) ? tree["children"].map(treeOf) : [];
}

function endOf(tree: Tree): End {
  const because = failureOf(tree);
  if (because !== undefined) return { kind: "fails", because };
  return hasIdleCluster(tree) ? { kind: "idle" } : { kind: "runs" };
}

/** What its start fails for. */
function failureOf(tree: Tree): string | undefined {
  const config = treeOf(tree["config"]);
  const type = String(tree["type"]);
  if (type.endsWith(".VanillaSoftwareProcess")) {
    const phases = ["pre.install", "install", "post.install", "pre.customize", "customize", "post.customize", "pre.launch", "launch", "post.launch"];
    const missing = phases.map((phase) => config[`${phase}.command`]).find((command) => typeof command === "string" && /^(?:\.\/\w+|[a-z])$/.test(command));
    if (config["files.preinstall"] !== undefined) return "classpath://";
    if (missing !== undefined) return String(missing);
    if (config["launch.command"] === undefined) return "launch.command";
  }
  if (type.endsWith(".DynamicCluster") && config["dynamiccluster.zone.enable"] === true) return "zone";
  if (type.endsWith(".DynamicCluster") && config["dynamiccluster.memberspec"] === undefined) return "dynamiccluster.memberspec";
  if (type.endsWith("Fabric") && config["dynamicfabric.memberspec"] === undefined) return "dynamicfabric.memberspec";
  return childrenOf(tree).map(failureOf).find((failure) => failure !== undefined);
}

function hasIdleCluster(tree: Tree): boolean {
  const config = treeOf(tree["config"]);
  const spec = treeOf(config["dynamiccluster.memberspec"] ?? config["dynamicfabric.memberspec"]);
  const isIdle = spec["type"] !== undefined && config["cluster.initial.size"] !== 0 && (String(spec["type"]).endsWith(".BasicEntity") || hasIdleCluster(spec));
  return isIdle || childrenOf(tree).some(hasIdleCluster);
}
