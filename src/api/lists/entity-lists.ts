import type { Entity } from "../../model/entity.ts";
import type { EventBus, PlaneEvent } from "../../model/events.ts";
import { SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { type AskedPage, slice } from "../http/paging.ts";
import { entityDetail, type EntityDetail, entitySummary } from "../shapes/entity-summary.ts";
import { EntityTexts, inSlices } from "./entity-texts.ts";

/** What trees can show of an entity beside what they show of all. */
export type TreeExtra = (entity: Entity) => Partial<EntityDetail>;

/** A list as JSON, ready to send. */
export interface ListJson {
  readonly json: Buffer;
  /** The number of all its items, of which it may be a page. */
  readonly total: number;
}

export interface ListAnswer {
  /** Another one whenever the list is; undefined when that is not known. */
  readonly tag: string | undefined;
  readonly make: (page: AskedPage) => Promise<ListJson>;
}

/** Answers that are kept ready, the last that were asked for: a large one has some megabytes. */
const KEPT = 4;
/** Bytes from which an answer is worth keeping. */
const LARGE = 64 * 1_024;

/**
 * Lists and trees of entities as JSON. Events keep count of the changes that show in them, of each application: while there is none, an answer is sent again as it is,
 * and its tag is known without making it. After a change only the texts of what changed are made anew. What is kept is the same for everybody who may see entities.
 */
export class EntityLists {
  readonly #summaries = new EntityTexts((entity) => entitySummary(entity));
  readonly #details = new EntityTexts((entity) => entityDetail(entity, { depth: 0 }));
  /** The last change of each application, by number. */
  readonly #revisions = new Map<string, number>();
  #revision = 0;
  readonly #ready = new Map<string, { tag: string; answer: Promise<ListJson> }>();
  readonly #startId: string;
  readonly #unsubscribe: () => void;

  /** @param startId another one at each start of the server: changes are counted anew */
  constructor(events: Pick<EventBus, "subscribe">, startId: string) {
    this.#startId = startId;
    this.#unsubscribe = events.subscribe((event) => this.#note(event));
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Summaries of entities of one application. @param url what was asked for: the same one asks for the same entities */
  summaries(application: Entity, url: string, entities: () => readonly Entity[]): ListAnswer {
    const tag = this.#tag(`${application.id}.${this.#revisions.get(application.id) ?? 0}`);
    return { tag, make: (page) => this.#keep(url, tag, () => this.#listed(entities, page)) };
  }

  /** Entities with all that is below them. @param url what was asked for: the same one asks for the same entities */
  trees(url: string, roots: () => readonly Entity[]): ListAnswer {
    const tag = this.#tag(String(this.#revision));
    return { tag, make: (page) => this.#keep(url, tag, () => this.#trees(roots, page)) };
  }

  /** Trees with something of each entity that changes without being counted here: made anew each time. */
  treesWith(roots: () => readonly Entity[], extra: TreeExtra): ListAnswer {
    return { tag: undefined, make: (page) => this.#trees(roots, page, extra) };
  }

  async #listed(entities: () => readonly Entity[], page: AskedPage): Promise<ListJson> {
    await inSlices(slice(entities(), page), (entity) => this.#summaries.of(entity));
    // Asked for again: some may have come or gone meanwhile.
    const all = entities();
    return { json: Buffer.from(`[${slice(all, page).map((entity) => this.#summaries.of(entity)).join(",")}]`), total: all.length };
  }

  async #trees(roots: () => readonly Entity[], page: AskedPage, extra?: TreeExtra): Promise<ListJson> {
    const extras = new Map<Entity, string>();
    const extraOf = (entity: Entity): string => extras.get(entity) ?? (extra === undefined ? "" : fieldsOf(extra(entity)));
    await inSlices(slice(roots(), page).flatMap((root) => [...root.descendants()]), (entity) => {
      this.#details.of(entity);
      if (extra !== undefined) extras.set(entity, extraOf(entity));
    });
    const all = roots();
    const parts: string[] = [];
    for (const root of slice(all, page)) writeTree(root, (entity) => `${this.#details.of(entity).slice(0, -1)}${extraOf(entity)}`, parts);
    return { json: Buffer.from(`[${parts.join("")}]`), total: all.length };
  }

  /** Who asks while an answer is being made gets the same one. */
  async #keep(url: string, tag: string, make: () => Promise<ListJson>): Promise<ListJson> {
    const known = this.#ready.get(url);
    if (known?.tag === tag) return known.answer;
    const kept = { tag, answer: make() };
    this.#ready.delete(url);
    this.#ready.set(url, kept);
    const [oldest] = this.#ready.keys();
    if (this.#ready.size > KEPT && oldest !== undefined) this.#ready.delete(oldest);
    let isWorthIt = false;
    try {
      const answer = await kept.answer;
      isWorthIt = answer.json.length >= LARGE;
      return answer;
    } finally {
      if (!isWorthIt && this.#ready.get(url) === kept) this.#ready.delete(url);
    }
  }

  #tag(revision: string): string {
    return `W/"${this.#startId}.${revision}"`;
  }

  #note(event: PlaneEvent): void {
    switch (event.kind) {
      case "sensor":
        if (event.name === SERVICE_UP.name || event.name === SERVICE_STATE.name) this.#changed(event.entity);
        return;
      case "entity-added":
      case "entity-changed":
      case "entity-removed":
        return this.#changed(event.entity);
      case "entity-moved":
        this.#changed(event.from);
        for (const each of event.entity.descendants()) this.#changed(each);
        return;
      case "member-added":
      case "member-removed":
        this.#changed(event.entity);
        return this.#changed(event.member);
      default:
    }
  }

  #changed(entity: Entity): void {
    this.#summaries.forget(entity);
    this.#details.forget(entity);
    this.#revision++;
    const { application } = entity;
    if (application.isManaged) this.#revisions.set(application.id, this.#revision);
    else this.#revisions.delete(application.id);
  }
}

/** Writes an entity's fields and, as one more, its children. */
function writeTree(entity: Entity, openTextOf: (entity: Entity) => string, parts: string[]): void {
  if (parts.length > 0 && parts.at(-1) !== '"children":[') parts.push(",");
  parts.push(openTextOf(entity), ",", '"children":[');
  for (const child of entity.children) writeTree(child, openTextOf, parts);
  parts.push("]}");
}

/** The fields of an object as they follow others in JSON. */
function fieldsOf(value: object): string {
  const text = JSON.stringify(value).slice(1, -1);
  return text === "" ? "" : `,${text}`;
}
