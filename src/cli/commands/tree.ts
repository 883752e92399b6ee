import type { Command } from "commander";
import { z } from "zod";
import { ApplicationSummary } from "../../api/shapes/application-summary.ts";
import { EntityDetail } from "../../api/shapes/entity-summary.ts";
import { links } from "../../api/shapes/links.ts";
import type { Io } from "../io.ts";
import { oneLine, styleOf, type Style } from "../output/style.ts";
import { show } from "../output/show.ts";
import { examples } from "./examples.ts";
import { act, withServer } from "./client-command.ts";

export function addTree(program: Command, io: Io): void {
  examples(withServer(program.command("tree [app]")), ["clocker tree", "clocker tree Shop"])
    .summary("show applications and all their entities")
    .option("--app <name>", "only this application")
    .action(act(io, async ({ client, flags }, word) => {
      const name = word ?? flags.app;
      const id = name === undefined ? undefined : (await client.json(ApplicationSummary, links.application(name))).id;
      const all = await client.json(z.array(EntityDetail), "/v1/applications/fetch");
      const trees = id === undefined ? all : all.filter((tree) => tree.id === id);
      const style = styleOf(io, io.stdout);
      show(io, flags.output, { data: trees, names: trees.map((tree) => tree.id), text: () => trees.map((tree) => lines(tree, "", "", style).join("\n")).join("\n") || "No applications" });
    }));
}

function lines(entity: EntityDetail, first: string, rest: string, style: Style): string[] {
  const { green, red, yellow, dim } = style;
  const state = entity.serviceState ?? "";
  const paint = state === "RUNNING" ? green : state === "ON_FIRE" ? red : yellow;
  const children = entity.children ?? [];
  const below = children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    return lines(child, `${rest}${isLast ? "└─ " : "├─ "}`, `${rest}${isLast ? "   " : "│  "}`, style);
  });
  return [`${first}${oneLine(entity.name)} ${dim(entity.id)}${state === "" ? "" : ` ${paint(state.toLowerCase().replace("_", " "))}`}`, ...below];
}
