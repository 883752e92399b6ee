import type { Command } from "commander";
import { z } from "zod";
import { EntitySummary } from "../../api/shapes/entity-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { findOne } from "../client/find-one.ts";
import type { Io } from "../io.ts";
import { print } from "../io.ts";
import { show } from "../output/show.ts";
import { table } from "../output/table.ts";
import { act, type ClientFlags, type Invocation, withEntity } from "./client-command.ts";
import { describeEntity } from "./describe-entity.ts";
import { appOf, entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";
import { readInput } from "./read-input.ts";
import { showTask } from "./show-task.ts";

interface EntityFlags extends ClientFlags {
  readonly children?: boolean;
}

export function addEntity(program: Command, io: Io): void {
  examples(withEntity(program.command("entity [words...]").alias("ent").alias("entities").alias("ents").alias("e")), ["clocker entity list --app Shop", "clocker entity Web --app Shop", "clocker entity shop/web", "clocker app Shop entity Web entity"])
    .summary("list an entity's children, or show one")
    .description("Lists the children of an entity (of the application, without --entity), or shows an entity: by id or name in --app, or without --app by any way of naming it, such as shop/web.")
    .option("-c, --children", "list the children of the entity that is named")
    .action(act<EntityFlags>(io, async (invocation, ...words) => {
      const isList = words[0] === "list" || words[0] === "ls";
      const [name] = isList || words[0] === "show" ? words.slice(1) : words;
      if (name === undefined) return list(invocation);
      const { client, flags } = invocation;
      const named = flags.app === undefined ? await findOne(client, name) : undefined;
      const [app, entity] = named === undefined ? [appOf(flags), name] : [named.applicationId, named.id];
      await (flags.children === true ? list({ ...invocation, flags: { ...flags, app, entity } }) : one(invocation, app, entity));
    }));

  examples(withEntity(program.command("rename <name>")), ["clocker app Shop rename Store", "clocker rename Front --app Shop --entity Web"])
    .summary("rename an application or entity")
    .action(act(io, async ({ client, flags }, name) => {
      await client.text(`${entityPath(flags)}/name`, { method: "POST", query: { name } });
    }));

  examples(withEntity(program.command("spec")), ["clocker app Shop spec"])
    .summary("print the blueprint that an application or entity came from")
    .action(act(io, async ({ client, flags }) => {
      const spec = await client.text(`${entityPath(flags)}/spec`, { accept: "text/plain" });
      if (spec !== "") print(io, spec.trimEnd());
    }));

  examples(withEntity(program.command("add-children <file>")), ["clocker app Shop add-children more.yaml", "cat more.yaml | clocker add-children - --app Shop --entity Web"])
    .summary("add what a blueprint describes below an entity: a file, a URL, or - for standard input")
    .action(act(io, async ({ client, flags }, file = "") => {
      const body = await readInput(file, io);
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

async function one({ client, flags, io }: Invocation, app: string, name: string): Promise<void> {
  const entity = await client.json(EntitySummary, links.entity(app, name));
  const text = flags.output === "table" ? await describeEntity(client, app, entity.id) : "";
  show(io, flags.output, { data: entity, names: [entity.id], text: () => text });
}
