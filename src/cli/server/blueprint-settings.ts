import { Document, isMap, isNode, isScalar, parse, parseAllDocuments, visit } from "yaml";
import { CliError, exitCodes } from "../exit-codes.ts";

/** The plan's own keys that `--set` may give; all others are config of the application. */
const PLAN_KEYS = new Set(["name", "location"]);

export interface Settings {
  /** `--set`: by key. */
  readonly set: Readonly<Record<string, string>>;
  /** Variables of `--env-file`, which replace `${NAME}`. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The blueprints in a text, one a document, with what the command line sets. Text that does not parse is left to the server, which says where it is wrong; so is
 * a single document with which nothing is done.
 */
export function blueprintsIn(text: string, { set, variables }: Settings): string[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.length === 0 || documents.some(({ errors }) => errors.length > 0)) return [text];
  const meant = documents.filter((document) => !isEmpty(document));
  const isChanged = Object.keys(set).length > 0 || Object.keys(variables).length > 0;
  if (meant.length <= 1 && !isChanged) return [text];
  for (const document of meant) {
    replaceVariables(document, variables);
    for (const [key, value] of Object.entries(set)) setKey(document, key, value);
  }
  return meant.map(alone);
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** Without the marks between documents. */
function alone({ contents }: Document): string {
  const document = new Document();
  document.contents = isNode(contents) ? contents : null;
  return document.toString({ lineWidth: 0 });
}

/** `NAME=VALUE` lines, as env files have them: comments, `export` and quotes are taken. @throws CliError `usage` with the line's number */
export function readEnvFile(text: string, file: string): Record<string, string> {
  const found: Record<string, string> = {};
  text.split("\n").forEach((line, index) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$/.exec(trimmed);
    if (match === null) throw new CliError(exitCodes.usage, `Cannot read "${file}": line ${index + 1} is not NAME=VALUE`);
    const [, name = "", value = ""] = match;
    found[name] = /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
  });
  return found;
}

/** Within values alone: what a variable holds can add no keys. */
function replaceVariables(document: Document, variables: Readonly<Record<string, string>>): void {
  if (Object.keys(variables).length === 0) return;
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== "string" || !node.value.includes("${")) return;
      node.value = node.value.replaceAll(/\$\{(\w[\w.]*)\}/g, (whole, name: string) => (Object.hasOwn(variables, name) ? (variables[name] ?? "") : whole));
    },
  });
}

function setKey(document: Document, key: string, value: string): void {
  if (!isMap(document.contents)) throw new CliError(exitCodes.usage, `Cannot set "${key}": the blueprint is not a map`);
  const given = valueOf(value);
  if (PLAN_KEYS.has(key)) document.set(key, given);
  else if (isScalar(document.get("brooklyn.config", true))) document.set("brooklyn.config", { [key]: given });
  else document.setIn(["brooklyn.config", key], given);
}

/** Numbers, booleans, lists and maps as YAML has them; what is none of these is text. */
function valueOf(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return value ?? text;
  } catch {
    return text;
  }
}
