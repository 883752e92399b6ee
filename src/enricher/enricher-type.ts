import type { Adjunct, AdjunctType } from "../model/adjunct.ts";
import { type Settings, withSettings } from "../model/adjunct-settings.ts";
import type { ConfigKey } from "../model/config-key.ts";
import { messageOf } from "../model/errors.ts";
import { simpleName } from "../model/entity-type.ts";
import { SUPPRESS_DUPLICATES } from "./keys.ts";

export interface EnricherDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** Names of earlier releases. */
  readonly aliases?: readonly string[];
  readonly config: readonly ConfigKey[];
  /** Keys whose expressions are resolved again and again while it works. */
  readonly unresolved?: readonly ConfigKey[];
  /** Begins its work; what it returns ends it. */
  readonly begin: (settings: Settings) => () => void;
}

const STOCK = "org.apache.brooklyn.enricher.stock.";
const RATES = "org.apache.brooklyn.policy.enricher.";

/** An enricher of `org.apache.brooklyn.enricher.stock`, once `brooklyn.enricher.basic`. */
export function stockEnricher(definition: EnricherDefinition): AdjunctType {
  return enricher({ ...definition, name: `${STOCK}${definition.name}`, aliases: [`brooklyn.enricher.basic.${definition.name}`, ...(definition.aliases ?? [])] });
}

/** An enricher of `org.apache.brooklyn.policy.enricher`, once `brooklyn.enricher`. */
export function rateEnricher(definition: EnricherDefinition): AdjunctType {
  return enricher({ ...definition, name: `${RATES}${definition.name}`, aliases: [`brooklyn.enricher.${definition.name}`, ...(definition.aliases ?? [])] });
}

export function enricher({ name, displayName, description, aliases = [], config, unresolved = [], begin }: EnricherDefinition): AdjunctType {
  return {
    name,
    kind: "enricher",
    displayName: displayName === "" ? simpleName(name) : displayName,
    description,
    aliases,
    config: [...config, SUPPRESS_DUPLICATES],
    attach: (adjunct) => withSettings(adjunct, begin, unresolved),
  };
}

/** Runs a computation; what it throws is noted on the enricher, and the sensor stays as it is. */
export function computing(adjunct: Adjunct, compute: () => void): void {
  try {
    compute();
  } catch (error) {
    adjunct.highlight("lastError", messageOf(error));
  }
}
