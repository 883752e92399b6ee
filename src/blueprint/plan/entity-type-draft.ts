import { entitySpec, type EntitySpec } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { type CatalogItem, catalogId } from "../catalog/catalog-item.ts";
import { Cursor, type Draft } from "./cursor.ts";
import { DOCKER_APPLICATION, dockerConfig, isDockerType } from "./docker-type.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { candidateNames, catalogItemFor, failUnknownType, splitPrefix } from "./type-names.ts";

/**
 * What a `type:` stands for, before the plan adds to it: a registered type, a catalog item's whole plan, or an image.
 * @throws ClockerError `unknown-type`; `invalid-blueprint` for an item that is made from itself, disabled, or no entity
 */
export function entityTypeDraft(place: Cursor): Draft {
  const name = place.text("a type").trim();
  if (isDocumentUrl(name)) return documentDraft(name, place);
  if (isDockerType(name)) return dockerDraft(name, place);
  return draftNamed(name, place) ?? failUnknownType(place, name);
}

function draftNamed(name: string, place: Cursor): Draft | undefined {
  const { bare, inCatalog, inTypes } = splitPrefix(name);
  for (const candidate of candidateNames(bare)) {
    const item = inCatalog ? catalogItemFor(candidate, place.reading) : undefined;
    if (item !== undefined) return itemDraft(item, place);
    const type = inTypes ? place.reading.types.entityType(candidate) : undefined;
    if (type?.isAbstract === true) return place.fail(`type "${type.name}" is only a base for others`, { part: "value" });
    if (type !== undefined) return { spec: entitySpec(type.name), defaultName: undefined };
    const adjunct = place.reading.types.adjunctType(candidate);
    if (adjunct !== undefined) return place.fail(`"${adjunct.name}" is a kind of ${adjunct.kind} and not of entity`, { part: "value", remedy: `It goes under ${adjunct.kind === "policy" ? "brooklyn.policies" : "brooklyn.enrichers"}` });
  }
  return undefined;
}

/** Whether a type is given by the URL of its blueprint (reference, 3.8). */
export function isDocumentUrl(name: string): boolean {
  return /^(classpath|https?|file|mvn):\S+$/.test(name);
}

/** A blueprint that is read in place of the type that names it. */
function documentDraft(url: string, place: Cursor): Draft {
  const { items, types, readers } = place.reading;
  checkDepth(url, place);
  const text = types.document?.(url);
  if (text === undefined) return place.fail(`cannot open "${url}", where a type should be`, { code: "unknown-type", part: "value", remedy: "Name a type of the catalog, or a URL of a blueprint that this server can open", details: { document: url } });
  const document = parseYaml(text, { source: url });
  const plan = new Cursor(document.value, [], { ...place.reading, document, items: [...items, url] });
  // A bundle that is opened as a blueprint is its plan in the old form.
  return plan.get("services") === undefined ? readers.entity(plan) : readers.application(plan, "any");
}

function checkDepth(name: string, place: Cursor): void {
  const { items } = place.reading;
  if (items.includes(name)) place.fail(`catalog item "${name}" is made from itself: ${[...items, name].join(" → ")}`, { part: "value" });
  if (items.length >= DEEPEST) place.fail(`catalog items are made from each other more than ${DEEPEST} deep: ${items.join(" → ")}`, { part: "value" });
}

function dockerDraft(type: string, place: Cursor): Draft {
  const config = dockerConfig(type, place);
  const draft = draftNamed(DOCKER_APPLICATION, place) ?? failUnknownType(place, DOCKER_APPLICATION);
  return { ...draft, spec: { ...draft.spec, config: { ...draft.spec.config, ...config } } };
}

function itemDraft(item: CatalogItem, place: Cursor): Draft {
  const id = catalogId(item);
  const { items } = place.reading;
  checkDepth(id, place);
  if (item.disabled) return place.fail(`catalog item "${id}" is disabled`, { part: "value" });
  if (!["entity", "application", "template"].includes(item.itemType)) return place.fail(`catalog item "${id}" is of kind ${item.itemType} and not an entity`, { part: "value" });
  if (item.deprecated) place.warn(`Catalog item "${id}" is deprecated`);
  const plan = new Cursor(item.plan, [], { ...place.reading, document: undefined, items: [...items, id] });
  const { readers } = place.reading;
  const draft = plan.get("services") === undefined ? readers.entity(plan) : readers.application(plan, "any");
  const { spec } = draft;
  claim(spec, spec.catalogItemId, id);
  if (isJavaName(item.id)) spec.typeName = item.id;
  if (item.iconUrl !== undefined) spec.iconUrl ??= item.iconUrl;
  return { spec, defaultName: item.displayName ?? draft.defaultName };
}

const DEEPEST = 40;

/** What came from the item, or from the one that it is made of, now belongs to it: `scopeRoot()` goes up to where this ends. */
function claim(spec: EntitySpec, from: string | undefined, to: string): void {
  const isOurs = spec.catalogItemId === undefined || spec.catalogItemId === from;
  if (isOurs) spec.catalogItemId = to;
  // Below an entity of another item only what has no item yet was written here.
  const inner = isOurs ? from : undefined;
  for (const child of spec.children) claim(child, inner, to);
  for (const value of Object.values(spec.config)) if (isEntitySpec(value)) claim(value, inner, to);
}

/** Only a name like a Java type's is shown as a type; other items are shown as the type that they are made of. */
function isJavaName(id: string): boolean {
  return /^(?:[a-z][\w]*\.)+[A-Z]\w*$/.test(id);
}
