import { arityOf, entityFunctions, functionNames } from "../../src/blueprint/dsl/function-names.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

/** Function → its arguments and what it gives. */
const functions: Readonly<Record<string, readonly [form: string, gives: string]>> = {
  self: ["self()", "The entity itself"],
  entity: ["entity(id)", "The entity with that id"],
  component: ["component(id)", "The nearest entity whose `id` in the blueprint is this; `component(scope, id)` looks in `global`, `child`, `descendant`, `sibling`, `ancestor`, `members`"],
  parent: ["parent()", "The entity's parent"],
  root: ["root()", "The application"],
  application: ["application()", "The application"],
  scopeRoot: ["scopeRoot()", "The top of the blueprint or catalog item in which this is written"],
  child: ["child(id)", "A child, by its `id` in the blueprint"],
  sibling: ["sibling(id)", "A sibling"],
  descendant: ["descendant(id)", "An entity below"],
  ancestor: ["ancestor(id)", "An entity above"],
  member: ["member(id)", "A member of the group"],
  config: ["config(key)", "The value of a config key, resolved where it was written; `config(entity, key)` of another entity"],
  attributeWhenReady: ["attributeWhenReady(sensor)", "The sensor's value, once it is there and not empty; fails when the entity is on fire. A map as second argument may hold `timeout`"],
  attributeWhenReadyAllowingOnFire: ["attributeWhenReadyAllowingOnFire(sensor)", "The same, waiting on although the entity is on fire"],
  sensor: ["sensor(name)", "The sensor itself, for config of policies and enrichers"],
  location: ["location()", "Where the entity is; `location(index)` for another than the first"],
  entityId: ["entityId()", "The entity's id"],
  template: ["template(text)", "The text with its `${...}` filled in: `${config.key}`, `${attribute['name']}`, `${entity.id}`; a map as second argument has further values"],
  entitySpec: ["entitySpec({type: …})", "What to make an entity from, for config such as `docker.host.spec`"],
  object: ["object({type: …})", "An object of that type, for config such as `docker.container.strategies`"],
  literal: ["literal(text)", "The text as it is, `$brooklyn:` included"],
  formatString: ["formatString(pattern, arguments…)", "The pattern with `%s`, `%d`, ... filled in"],
  urlEncode: ["urlEncode(text)", "The text as it stands in a query"],
  regexReplacement: ["regexReplacement(text, pattern, replacement)", "The text with what matches replaced; `$1` is a group"],
  "function.regexReplacement": ["function.regexReplacement(pattern, replacement)", "The same as a function, for enrichers"],
  external: ["external(supplier, key)", "A value from outside, such as a secret"],
  chain: ["chain(first, then…)", "One after another"],
};

/** The functions of `$brooklyn:`. @throws Error when one is not described. */
export function dslPage(): Page {
  const missing = functionNames().find((name) => functions[name] === undefined);
  const strange = Object.keys(functions).find((name) => arityOf(name) === undefined);
  if (missing !== undefined || strange !== undefined) throw new Error(`scripts/reference/dsl.ts must describe the functions that there are: "${missing ?? strange}"`);
  const row = (name: string) => [code(functions[name]?.[0] ?? name), functions[name]?.[1] ?? ""];
  return {
    file: "dsl.md",
    title: "The $brooklyn: language",
    summary: "functions for values that are known later",
    body: paragraphs(
      "A value that begins with `$brooklyn:` is an expression: `$brooklyn:component(\"db\").attributeWhenReady(\"datastore.url\")`. It is kept as it was written and resolved when it is used, in the task that uses it, which shows what it waits for. A function may also be written as a map with one key, its arguments below it.",
      "## Functions of an entity",
      "They stand alone, which means the entity on which they are written, or after an entity and a dot.",
      table(["function", "gives"], [...entityFunctions.keys()].map(row)),
      "## Other functions",
      table(["function", "gives"], functionNames().filter((name) => !entityFunctions.has(name)).map(row)),
    ),
  };
}
