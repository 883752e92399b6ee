import type { Command } from "commander";
import { z } from "zod";
import { ApplicationSummary } from "../../api/shapes/application-summary.ts";
import { links } from "../../api/shapes/links.ts";
import type { Io } from "../io.ts";
import { show } from "../output/show.ts";
import { table } from "../output/table.ts";
import { act, type Invocation, withServer } from "./client-command.ts";
import { describeEntity } from "./describe-entity.ts";
import { examples } from "./examples.ts";

export function addApp(program: Command, io: Io): void {
  examples(withServer(program.command("app [words...]").alias("application").alias("apps").alias("applications").alias("a")), ["clocker app", "clocker app Shop", "clocker app Shop entity", "clocker app Shop entity Web sensor"])
    .summary("list applications, or show one")
    .description("Lists applications, or shows one by id or name. Goes on with what is meant of it: clocker app SHOP entity WEB sensor main.uri")
    .action(act(io, async (invocation, ...words) => {
      const [name] = words[0] === "list" || words[0] === "ls" || words[0] === "show" ? words.slice(1) : words;
      await (name === undefined ? list(invocation) : one(invocation, name));
    }));
}

async function list({ client, flags, io }: Invocation): Promise<void> {
  const applications = await client.json(z.array(ApplicationSummary), "/v1/applications");
  show(io, flags.output, {
    data: applications,
    names: applications.map(({ id }) => id),
    text: (width) => table([{ title: "ID", value: ({ id }) => id }, { title: "NAME", value: ({ spec }) => spec.name }, { title: "STATUS", value: ({ status }) => status }, { title: "LOCATION", value: ({ spec }) => spec.locations.join(", ") }], applications, width),
  });
}

async function one({ client, flags, io }: Invocation, name: string): Promise<void> {
  const application = await client.json(ApplicationSummary, links.application(name));
  const text = flags.output === "table" ? await describeEntity(client, application.id, application.id, [["Status", application.status]]) : "";
  show(io, flags.output, { data: application, names: [application.id], text: () => text });
}
