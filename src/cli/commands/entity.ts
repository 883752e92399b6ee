import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { z } from "zod";
import { EntitySummary } from "../../api/shapes/entity-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import type { Io } from "../io.ts";
import { print } from "../io.ts";
import { show } from "../output/show.ts";
import { table } from "../output/table.ts";
import { act, type Invocation, withEntity } from "./client-command.ts";
import { describeEntity } from "./describe-entity.ts";
import { appOf, entityPath } from "./entity-path.ts";
import { showTask } from "./show-task.ts";

export function addEntity(program: Command, io: Io): void {
  withEntity(program.command("entity [words...]").alias("ent").alias("e"))
    .summary("list an entity's children, or show one")
    .addHelpText("after", "\nExamples:\n  clocker entity list --app Shop\n  clocker entity Web --app Shop\n  clocker app Shop entity Web entity")
    .action(act(io, async (invocation, ...words) => {
      const isList = words[0] === "list" || words[0] === "ls";
      const [name] = isList || words[0] === "show" ? words.slice(1) : words;
      await (name === undefined ? list(invocation) : one(invocation, name));
    }));

  withEntity(program.command("rename <name>")).summary("rename an entity").action(act(io, async ({ client, flags }, name) => {
    await client.text(`${entityPath(flags)}/name`, { method: "POST", query: { name } });
  }));

  withEntity(program.command("spec")).summary("print the blueprint that an application or entity came from").action(act(io, async ({ client, flags }) => {
    const spec = await client.text(`${entityPath(flags)}/spec`, { accept: "text/plain" });
    if (spec !== "") print(io, spec.trimEnd());
  }));

  withEntity(program.command("add-children <file>")).summary("add what a blueprint describes below an entity").action(act(io, async ({ client, flags }, file) => {
    const body = await readFile(file, "utf8");
    showTask(io, flags.output, await client.json(TaskSummary, `${entityPath(flags)}/children`, { method: "POST", body, contentType: "application/yaml", query: { timeout: "1s" } }));
  }));
}

async function list({ client, flags, io }: Invocation): Promise<void> {
  const children = await client.json(z.array(EntitySummary), `${entityPath(flags)}/children`);
  show(io, flags.output, {
    data: children,
    names: children.map(({ id }) => id),
    text: (width) => table([{ title: "ID", value: ({ id }) => id }, { title: "NAME", value: ({ name }) => name }, { title: "TYPE", value: ({ type }) => type }], children, width),
  });
}

async function one({ client, flags, io }: Invocation, name: string): Promise<void> {
  const app = appOf(flags);
  const entity = await client.json(EntitySummary, links.entity(app, name));
  const text = flags.output === "table" ? await describeEntity(client, app, entity.id) : "";
  show(io, flags.output, { data: entity, names: [entity.id], text: () => text });
}
