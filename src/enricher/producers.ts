import type { Settings } from "../model/adjunct-settings.ts";
import { configKey } from "../model/config-key.ts";
import type { Entity } from "../model/entity.ts";
import { followEntities, together } from "../model/follow-entities.ts";
import { conditionType } from "../model/condition.ts";
import { GROUP } from "../model/traits.ts";
import { types } from "../model/types/index.ts";
import { PRODUCER } from "./keys.ts";

export const FROM_MEMBERS = configKey("enricher.aggregating.fromMembers", types.boolean, "Whether members are read; the default for groups", { flag: "fromMembers", aliases: ["enricher.aggregator.fromMembers"] });
export const FROM_CHILDREN = configKey("enricher.aggregating.fromChildren", types.boolean, "Whether children are read; the default for what is no group", { flag: "fromChildren", aliases: ["enricher.aggregator.fromChildren"] });
export const FROM_HARDCODED = configKey("enricher.aggregating.fromHardcodedProducers", types.list(types.entity), "These entities and no others are read", { flag: "fromHardcodedProducers", aliases: ["enricher.aggregator.fromHardcodedProducers", "producers"] });
export const ENTITY_FILTER = configKey("enricher.aggregating.entityFilter", conditionType, "Which of the entities are read", { flag: "entityFilter", aliases: ["enricher.aggregator.entityFilter"] });
export const producerKeys = [PRODUCER, FROM_MEMBERS, FROM_CHILDREN, FROM_HARDCODED, ENTITY_FILTER] as const;

/**
 * Keeps the entities whose sensors are read together: the producer's members or children as they come and go, or those that are named.
 * `onChange` is told whenever one of the sensors of one of them changes, or they themselves do.
 */
export class Producers {
  readonly #entities = new Map<Entity, () => void>();
  readonly #sensors: readonly string[];
  readonly #onChange: () => void;
  readonly #filter: ((entity: Entity) => boolean) | undefined;
  readonly #stop: () => void;
  #isBegun = false;

  constructor(settings: Settings, sensors: readonly string[], onChange: () => void) {
    this.#sensors = sensors;
    this.#onChange = onChange;
    this.#filter = settings.get(ENTITY_FILTER);
    const producer = settings.entity(PRODUCER);
    const follower = { added: (entity: Entity) => this.#add(entity), removed: (entity: Entity) => this.#remove(entity) };
    const { members, children, hardcoded } = sourcesOf(settings, producer);
    for (const each of hardcoded) this.#add(each);
    this.#stop = together([...(members ? [followEntities(producer, "members", follower)] : []), ...(children ? [followEntities(producer, "children", follower)] : [])]);
    this.#isBegun = true;
  }

  /** In the order in which they came. */
  entities(): Entity[] {
    const filter = this.#filter;
    const entities = [...this.#entities.keys()];
    return filter === undefined ? entities : entities.filter((entity) => filter(entity));
  }

  stop(): void {
    this.#stop();
    for (const stop of this.#entities.values()) stop();
    this.#entities.clear();
  }

  #add(entity: Entity): void {
    if (this.#entities.has(entity)) return;
    const { events } = entity.management;
    this.#entities.set(entity, together(this.#sensors.map((name) => events.subscribeSensor(entity.id, name, this.#onChange))));
    if (this.#isBegun) this.#onChange();
  }

  #remove(entity: Entity): void {
    this.#entities.get(entity)?.();
    if (this.#entities.delete(entity)) this.#onChange();
  }
}

function sourcesOf(settings: Settings, producer: Entity): { members: boolean; children: boolean; hardcoded: Entity[] } {
  const named = settings.get(FROM_HARDCODED);
  if (named !== undefined) return { members: false, children: false, hardcoded: named.map((reference) => settings.find(reference, FROM_HARDCODED)) };
  const [members, children] = [settings.get(FROM_MEMBERS), settings.get(FROM_CHILDREN)];
  const isGroup = producer.is(GROUP);
  return { members: members ?? (children !== true && isGroup), children: children ?? (members !== true && !isGroup), hardcoded: [] };
}
