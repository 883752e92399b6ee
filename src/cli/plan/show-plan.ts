import type { PlanMessage, PlannedEntity, PlanSummary } from "../../api/shapes/plan-summary.ts";
import { oneLine, type Style } from "../output/style.ts";
import { counted, wrapped } from "./lines.ts";
import { differenceTexts, valueText } from "./show-difference.ts";
import { placementLines } from "./show-placement.ts";

export interface ShownPlan {
  readonly plan: PlanSummary;
  readonly style: Style;
  /** Characters of the terminal; undefined for a pipe, where nothing is cut. */
  readonly width: number | undefined;
}

/** A plan for people: the tree with what happens to each entity, where containers would go, problems and warnings, and the sum. */
export function planText({ plan, style, width }: ShownPlan): string {
  const { application, isNew, tree } = plan;
  const revision = application.revision === undefined ? "" : `, revision ${application.revision}`;
  const heading = isNew ? `${application.name === "" ? "A new application" : application.name} (new)` : `${application.name} (${application.id ?? ""}${revision})`;
  const lines = [style.bold(oneLine(heading))];
  // Of a blueprint that can't be read as a whole, the tree is not what would be.
  const isWhole = plan.problems.every(({ code }) => code === "no-capacity" || code === "conflict");
  if (tree !== undefined && plan.hasChanges && isWhole) lines.push("", ...new Tree(style, width, isNew).lines(tree, 0));
  lines.push(...messages(plan.problems, style.red("✗"), width, style), ...messages(plan.warnings, style.yellow("!"), width, style));
  lines.push("", ...wrapped("", sumText(plan), width));
  return lines.join("\n");
}

export function sumText({ summary, hosts, hasChanges, isNew, problems }: PlanSummary): string {
  if (problems.some(({ code }) => code !== "no-capacity" && code !== "conflict")) return `${counted(problems.length, "problem")}: nothing can be done before they are mended`;
  const { added, replaced, changed, removed, unchanged, containers } = summary;
  const clouds = [...new Set(hosts.map(({ cloud }) => cloud))];
  const parts = [
    ...(added === 0 ? [] : [isNew ? counted(added, "entity").replace("entitys", "entities") : `${added} added`]),
    ...(replaced === 0 ? [] : [`${replaced} replaced`]),
    ...(changed === 0 ? [] : [`${changed} changed`]),
    ...(removed === 0 ? [] : [`${removed} removed`]),
    ...(unchanged === 0 || !hasChanges ? [] : [`${unchanged} unchanged`]),
    ...(containers === 0 ? [] : [counted(containers, "container") + (isNew ? "" : " to make")]),
    ...clouds.map((cloud) => `${counted(hosts.filter((each) => each.cloud === cloud).length, "host")} added to ${cloud}`),
    ...(problems.length === 0 ? [] : [counted(problems.length, "problem")]),
  ];
  return hasChanges || problems.length > 0 ? parts.join(", ") : "Nothing to change: the application is what the blueprint says";
}

function messages(all: readonly PlanMessage[], mark: string, width: number | undefined, style: Style): string[] {
  return all.flatMap(({ message, line, column, remedy, path, excerpt }) => {
    const isTold = line !== undefined && message.includes(`line ${line}`);
    const place = line === undefined ? (path === undefined ? "" : ` (${path})`) : isTold ? "" : ` (line ${line}, column ${column ?? 1})`;
    const shown = excerpt === undefined ? [] : excerpt.split("\n").map((each) => `    ${style.dim(each)}`);
    return ["", ...wrapped(`${mark} `, `${message}${place}`, width, 2), ...shown, ...(remedy === undefined ? [] : wrapped(`  ${style.dim("Try:")} `, remedy, width, 7))];
  });
}

class Tree {
  readonly #style: Style;
  readonly #width: number | undefined;
  readonly #isNew: boolean;

  constructor(style: Style, width: number | undefined, isNew: boolean) {
    this.#style = style;
    this.#width = width;
    this.#isNew = isNew;
  }

  lines(entity: PlannedEntity, depth: number): string[] {
    if (!hasChanges(entity)) return [];
    const below = entity.children.flatMap((child) => this.lines(child, depth + 1));
    const calm = entity.children.filter((child) => !hasChanges(child));
    const indent = `  ${"  ".repeat(depth + 1)}`;
    if (calm.length > 0) below.push(...wrapped(indent, `unchanged: ${calm.map(({ name }) => oneLine(name)).join(", ")}`, this.#width).map((line) => this.#style.dim(line)));
    return [...this.#head(entity, depth), ...this.#details(entity, `${indent}  `), ...below];
  }

  #head(entity: PlannedEntity, depth: number): string[] {
    const { green, red, yellow, bold, dim } = this.#style;
    const marks = { add: green("+"), remove: red("-"), replace: yellow("~"), change: yellow("~"), none: " " };
    const name = oneLine(entity.name);
    const prefix = `${marks[entity.action]} ${"  ".repeat(depth)}${bold(name)}  `;
    return wrapped(prefix, headText(entity, depth === 0 || !this.#isNew), this.#width, 2 + 2 * depth + name.length + 2).map((line, index) => (index === 0 ? line.replace(`  ${entity.type}`, `  ${dim(entity.type)}`) : line));
  }

  #details(entity: PlannedEntity, indent: string): string[] {
    const width = this.#width;
    const { dim } = this.#style;
    const { differences, members, size, waitsFor, after, placements, action } = entity;
    const lines: string[] = [];
    if (action === "change" || action === "replace") lines.push(...differences.filter(({ key }) => key !== "dynamiccluster.memberspec" && (size === undefined || key !== "cluster.initial.size")).flatMap((each) => differenceTexts(each, entity.effect)).flatMap((text) => wrapped(indent, text, width)));
    if (size !== undefined) lines.push(`${indent}size ${size.from} → ${size.to}`);
    if (members !== undefined) lines.push(...this.#members(members, entity, indent));
    if (after.length > 0) lines.push(...wrapped(`${indent}`, `after ${[...new Set(after)].join(", ")}, which it uses`, width).map(dim));
    const waits = [...new Set(waitsFor.map(({ on, sensor }) => `${on === "self" ? "its own" : `${on}'s`} ${sensor}`))];
    if (waits.length > 0) lines.push(...wrapped(indent, `waits for ${waits.join(", ")}`, width).map(dim));
    lines.push(...placementLines(placements, indent, width, this.#style));
    return lines;
  }

  #members(members: NonNullable<PlannedEntity["members"]>, { action, order, orderReason }: PlannedEntity, indent: string): string[] {
    const width = this.#width;
    if (members.outdated === 0) return action === "add" ? wrapped(indent, `${counted(members.count, "member")}: ${[members.type, ...members.facts.map(factText)].join(" · ")}`, width) : [];
    const how = order === "stop-first" ? `stop-first${orderReason === undefined ? "" : `, as ${orderReason}`}` : "start-first";
    const changes = members.differences.flatMap((each) => differenceTexts({ ...each, effect: "set", ...(each.kind === "reference" ? {} : { reason: undefined }) }, "set"));
    return [...wrapped(indent, `${counted(members.outdated, "member")} anew, ${how}${changes.length === 0 ? "" : ":"}`, width), ...changes.flatMap((text) => wrapped(`${indent}  `, text, width))];
  }
}

const verbs: Readonly<Record<string, string>> = { set: "in place", restart: "restart", resize: "resize", roll: "members anew", replace: "replace", refused: "not possible while it runs" };

function headText({ type, action, facts, location, order, orderReason, effect, removalReason }: PlannedEntity, withLocation: boolean): string {
  const own = location !== undefined && (!location.isInherited || withLocation) ? ` in ${location.spec}` : "";
  if (action === "add") return [`${type}${own}`, ...facts.map(factText)].join(" · ");
  if (action === "remove") return `${type}${removalReason === undefined ? "" : ` · ${removalReason}`}`;
  if (action === "replace") return `${type} · ${order === undefined ? "replaced with what it is in" : `replace, ${order}${orderReason === undefined ? "" : `, as ${orderReason}`}`}`;
  return action === "change" ? `${type} · ${verbs[effect ?? "set"] ?? effect ?? ""}` : type;
}

function factText({ name, value }: { name: string; value: string }): string {
  const text = valueText(value) ?? "";
  return name === "image" ? text : `${name} ${text}`;
}

function hasChanges(entity: PlannedEntity): boolean {
  return entity.action !== "none" || entity.children.some(hasChanges);
}
