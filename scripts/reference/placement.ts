import { strategies } from "../../src/docker/placement/strategies/index.ts";
import { code, codes, type Page, paragraphs, table } from "./page.ts";

/** The placement strategies with their names and options. */
export function placementPage(): Page {
  const rows = Object.values(strategies).map((strategy) => [
    code(strategy.name),
    codes([classNameOf(strategy.name), ...strategy.aliases]),
    sentence(strategy.create({}, {}).describe()),
    Object.values(strategy.options).map((names) => codes(names)).join("; "),
  ]);
  return {
    file: "placement-strategies.md",
    title: "Placement strategies",
    summary: "names and options of the strategies that choose a host for a container",
    body: paragraphs(
      "A chain of them is given in `docker.container.strategies`: on the cloud for all, on an entity for its own container, which comes after the cloud's. Each puts the hosts that are left in order, drops some, or both; the first that is left is taken. A host's own limit, `docker.container.cluster.maxSize`, holds whatever the chain is.",
      table(["strategy", "also written", "what it does, with its defaults", "options"], rows),
      "Spellings differ freely in case, spaces and hyphens; `PlacementStrategy` at the end and the packages of Clocker's releases before the name are understood.",
    ),
  };
}

/** `MaxContainersPlacementStrategy`. */
function classNameOf(name: string): string {
  return `${name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}PlacementStrategy`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
