import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { functionNames } from "../../src/blueprint/dsl/function-names.ts";
import { constraintNames } from "../../src/blueprint/plan/constraints.ts";
import { fullName, renamedType } from "../../src/blueprint/rename-table.ts";
import { knownTypes } from "../../src/management/known-types.ts";
import { workflowSteps } from "../../src/software/workflow/index.ts";
import * as reference from "../../test/corpus/reference.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

/** What the code has, to be held against the names of the reference. */
export interface Facts {
  /** `GET /v1/applications/{}`, whatever the parameters' names. */
  readonly endpoints: ReadonlySet<string>;
  readonly catalogIds: ReadonlySet<string>;
  /** The text of every blueprint and bundle of the corpus. */
  readonly corpus: readonly string[];
}

interface Section {
  readonly title: string;
  readonly names: readonly string[];
  isThere(name: string): boolean;
}

const APACHE = "org.apache.brooklyn";

/**
 * Everything that Brooklyn's reference names, and whether it is there.
 * @throws Error when a name is said to work and is not there, or is explained away and is there
 */
export function compatibilityPage(facts: Facts): Page {
  const sections = sectionsOf(facts);
  const problems = [...sections.flatMap(problemsOf), ...oldNameProblems(facts), ...staleRemarks(sections)];
  if (problems.length > 0) throw new Error(`test/corpus/reference.ts is not true to the code:\n${problems.join("\n")}`);
  const counts = sections.map((section) => [section.title, ...["works", "differs", "not there"].map((state) => String(section.names.filter((name) => stateOf(section, name) === state).length))]);
  return {
    file: "compatibility.md",
    title: "Compatibility with Apache Brooklyn",
    summary: "every key, function, type, endpoint and workflow step of Brooklyn: works, differs, or not there",
    body: paragraphs(
      "A type works when the server registers it or its catalog has it, an endpoint when the OpenAPI document has it, a function when the reader of expressions knows it, a key when the corpus of blueprints (`test/corpus/`) uses it. Names of Java types are below `org.apache.brooklyn`; every type that works is understood under its name of 2014 too.",
      table(["", "works", "differs", "not there"], counts),
      ...sections.map((section) => paragraphs(`## ${section.title}`, table(["name", "", "how, or why not"], section.names.map((name) => [code(name), stateOf(section, name), remarkOf(section, name)])))),
    ),
  };
}

/** @param openApi the server's own description */
export function factsOf(root: string, openApi: unknown, catalogIds: Iterable<string>): Facts {
  const folder = path.join(root, "test", "corpus");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(yaml|bom)$/.test(name));
  return { endpoints: endpointsOf(openApi), catalogIds: new Set(catalogIds), corpus: files.map((name) => readFileSync(path.join(folder, name), "utf8")) };
}

function endpointsOf(openApi: unknown): ReadonlySet<string> {
  if (typeof openApi !== "object" || openApi === null || !("paths" in openApi) || typeof openApi.paths !== "object" || openApi.paths === null) throw new Error("The server's OpenAPI document has no paths");
  const found = Object.entries(openApi.paths).flatMap(([url, operations]: [string, unknown]) => Object.keys(operations ?? {}).map((method) => withoutNames(`${method.toUpperCase()} ${url}`)));
  return new Set(found);
}

function withoutNames(endpoint: string): string {
  return endpoint.replaceAll(/\{[^{}]*\}/g, "{}").replace(/\/$/, "");
}

function sectionsOf({ endpoints, catalogIds, corpus }: Facts): Section[] {
  const types = knownTypes();
  const isEntity = (name: string) => types.entityType(name) !== undefined || catalogIds.has(name);
  const supported = new Set(workflowSteps.filter((step) => step.supported).map((step) => step.name));
  return [
    ...Object.entries(reference.keys).map(([title, names]) => ({ title, names, isThere: (name: string) => corpus.some((text) => keyPattern(name, title === "Root of a blueprint").test(text)) })),
    { title: "Constraints", names: reference.constraints, isThere: (name) => constraintNames().includes(name) },
    { title: "DSL", names: reference.dslFunctions, isThere: (name) => functionNames().includes(name) },
    { title: "Short types", names: reference.shortTypes, isThere: (name) => isEntity(name) || isEntity(fullName(name) ?? name) },
    { title: "Entity types", names: Object.values(reference.entityTypes).flat().map(([name]) => name), isThere: (name) => isEntity(`${APACHE}.${name}`) },
    { title: "Policies", names: reference.policies, isThere: (name) => types.adjunctType(`${APACHE}.${name}`)?.kind === "policy" },
    { title: "Enrichers", names: reference.enrichers, isThere: (name) => types.adjunctType(`${APACHE}.${name}`)?.kind === "enricher" },
    { title: "Initializers", names: reference.initializers, isThere: (name) => types.initializerType(`${APACHE}.${name}`) !== undefined },
    { title: "Workflow steps", names: reference.workflowSteps, isThere: (name) => supported.has(name) },
    { title: "Endpoints", names: reference.endpoints, isThere: (name) => endpoints.has(withoutNames(name)) },
  ];
}

/** A key as YAML has it: at the beginning of a line, of a list's item, or within braces. */
function keyPattern(name: string, isRoot: boolean): RegExp {
  const text = name.replaceAll(/[.()$]/g, String.raw`\$&`);
  return new RegExp(`${isRoot ? "^" : String.raw`(?:^\s*(?:- )*|[{,]\s*)`}"?${text}"?:`, "m");
}

/** Types that are there and are not found under their names of 2014. */
function oldNameProblems({ catalogIds }: Facts): string[] {
  const types = knownTypes();
  const isEntity = (name: string) => types.entityType(name) !== undefined || catalogIds.has(name);
  return Object.values(reference.entityTypes).flat().flatMap(([name, old]) => (old === undefined || !isEntity(`${APACHE}.${name}`) || isEntity(old) || isEntity(renamedType(old)) ? [] : [`"${name}" is not found as "${old}"`]));
}

function problemsOf(section: Section): string[] {
  return section.names.flatMap((name) => {
    const there = section.isThere(name);
    const key = `${section.title}: ${name}`;
    if (there && reference.absences[key] !== undefined) return [`"${key}" is there, and is said not to be`];
    if (!there && reference.differences[key] !== undefined) return [`"${key}" is said to differ, and is not there`];
    return there || remarkOf(section, name) !== "" ? [] : [`"${key}" is said to work, and is not there`];
  });
}

/** Remarks on names that the reference does not have, or that are there by now. */
function staleRemarks(sections: readonly Section[]): string[] {
  const all = sections.flatMap((section) => section.names.map((name) => ({ key: `${section.title}: ${name}`, there: section.isThere(name) })));
  const absences = Object.keys(reference.absences).filter((beginning) => !all.some(({ key, there }) => !there && key.startsWith(beginning)));
  const differences = Object.keys(reference.differences).filter((name) => !all.some(({ key }) => key === name));
  return [...absences, ...differences].map((remark) => `The remark on "${remark}" is on nothing`);
}

function stateOf(section: Section, name: string): "works" | "differs" | "not there" {
  if (!section.isThere(name)) return "not there";
  return reference.differences[`${section.title}: ${name}`] === undefined ? "works" : "differs";
}

function remarkOf(section: Section, name: string): string {
  const key = `${section.title}: ${name}`;
  if (section.isThere(name)) return reference.differences[key] ?? "";
  const beginning = Object.keys(reference.absences).filter((each) => key.startsWith(each)).toSorted((a, b) => b.length - a.length)[0];
  const said = beginning === undefined ? undefined : reference.absences[beginning];
  return said ?? (section.title === "Workflow steps" ? workflowSteps.find((step) => step.name === name)?.note : undefined) ?? "";
}
