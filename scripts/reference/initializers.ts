import { knownTypes } from "../../src/management/known-types.ts";
import type { ConfigKey } from "../../src/model/config-key.ts";
import { byName, configTable } from "./entity-types.ts";
import { code, codes, type Page, paragraphs } from "./page.ts";

interface Described {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly config: readonly ConfigKey[];
}

/** What may stand under `brooklyn.initializers`, `brooklyn.enrichers` and `brooklyn.policies`. */
export function initializersPage(): Page {
  const types = knownTypes();
  const adjuncts = (kind: "enricher" | "policy") => types.adjunctTypes().filter((type) => type.kind === kind);
  return {
    file: "initializers.md",
    title: "Initializers, enrichers and policies",
    summary: "what blueprints add to entities: sensors, effectors and feeds by configuration, computed sensors, and parts that act by themselves",
    body: paragraphs(
      "Each goes into the list under `brooklyn.initializers`, `brooklyn.enrichers` or `brooklyn.policies` of a service, with its `brooklyn.config`.",
      ...group("Initializers", types.initializerTypes()),
      ...group("Enrichers", adjuncts("enricher")),
      ...group("Policies", adjuncts("policy")),
    ),
  };
}

function group(title: string, types: readonly Described[]): string[] {
  return types.length === 0 ? [] : [`## ${title}`, ...types.toSorted(byName).map(section)];
}

function section({ name, displayName, description, aliases, config }: Described): string {
  return paragraphs(`### ${displayName}`, code(name), `${description.replace(/\.$/, "")}.`, aliases.length === 0 ? "" : `Also written ${codes(aliases)}.`, configTable(config));
}
