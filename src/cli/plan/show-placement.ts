import type { PlannedPlacement } from "../../api/shapes/plan-summary.ts";
import type { Style } from "../output/style.ts";
import { counted, wrapped } from "./lines.ts";

/** Hosts that are told one by one. */
const MOST_HOSTS = 4;
/** Containers of one entity that are told one by one. */
const MOST_CONTAINERS = 12;

/** Where the containers of an entity would go, and why not elsewhere. What is alike is told once. */
export function placementLines(placements: readonly PlannedPlacement[], indent: string, width: number | undefined, style: Style): string[] {
  const lines: string[] = [];
  const isOne = placements.length === 1;
  const name = Math.max(0, ...placements.map((each) => each.name.length));
  for (const each of placements.slice(0, MOST_CONTAINERS)) {
    const label = isOne ? "" : `${each.name.padEnd(name)} `;
    const prefix = `${indent}${label}`;
    if (each.host === undefined) {
      const why = each.waits ? "waits for a host that is on its way" : `no host: ${each.problem ?? "none is left"}`;
      lines.push(...wrapped(`${prefix}${each.waits ? style.yellow("…") : style.red("✗")} `, why, width, prefix.length + 2));
    } else {
      const [chosen] = each.hosts;
      const host = `${each.host}${each.isNewHost ? " (added)" : ""}`;
      lines.push(...wrapped(`${prefix}→ ${style.cyan(host)} `, chosen === undefined ? "" : `(${chosen.reason})`, width, prefix.length + host.length + 3).map((line) => line.trimEnd()));
    }
  }
  if (placements.length > MOST_CONTAINERS) lines.push(`${indent}… and ${counted(placements.length - MOST_CONTAINERS, "container")} more`);
  const last = placements.find(({ host }) => host === undefined) ?? placements.at(-1);
  if (last !== undefined) lines.push(...others(last, indent, width).map((line) => style.dim(line)));
  return lines;
}

/** The other hosts, as the last of several saw them. */
function others({ hosts, host, grouped }: PlannedPlacement, indent: string, width: number | undefined): string[] {
  const rest = hosts.filter((each) => each.hostName !== host);
  const shown = rest.slice(0, MOST_HOSTS).map(({ hostName, kept, reason, by, rank }) => (kept ? `${hostName} is number ${rank ?? "?"}: ${reason}` : `not ${hostName}: ${reason} (${by})`));
  const groups = (grouped ?? []).map(({ hosts: count, reason, by }) => `not ${counted(count, "host")}: ${reason} (${by})`);
  const more = rest.length > MOST_HOSTS ? [`and ${counted(rest.length - MOST_HOSTS, "other host")}`] : [];
  return [...shown, ...groups, ...more].flatMap((text) => wrapped(`${indent}  `, text, width));
}
