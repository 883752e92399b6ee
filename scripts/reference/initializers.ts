import { knownTypes } from "../../src/management/known-types.ts";
import { configTable } from "./entity-types.ts";
import { code, codes, type Page, paragraphs } from "./page.ts";

/** What may stand under `brooklyn.initializers`, `brooklyn.enrichers` and `brooklyn.policies`. */
export function initializersPage(): Page {
  const types = knownTypes();
  const all = [...types.initializerTypes(), ...types.adjunctTypes()];
  return {
    file: "initializers.md",
    title: "Initializers, enrichers and policies",
    summary: "what blueprints add to entities: sensors, effectors and feeds by configuration",
    body: paragraphs(
      "Each goes under `brooklyn.initializers`, `brooklyn.enrichers` or `brooklyn.policies` of a service, with its `brooklyn.config`.",
      ...all.map((type) =>
        paragraphs(`## ${type.displayName}`, code(type.name), `${type.description.replace(/\.$/, "")}.`, type.aliases.length === 0 ? "" : `Also written ${codes(type.aliases)}.`, configTable(type.config)),
      ),
    ),
  };
}
