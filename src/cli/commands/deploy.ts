import type { Command } from "commander";
import { z } from "zod";
import { ApplicationSummary } from "../../api/shapes/application-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { deployText } from "../client/deploy-text.ts";
import { CliError } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { show } from "../output/show.ts";
import { facts } from "../output/table.ts";
import { oneLine, styleOf } from "../output/style.ts";
import { followTask } from "../progress/follow-task.ts";
import { ProgressView } from "../progress/progress-view.ts";
import { withLocation } from "../server/blueprint-edits.ts";
import { act, type ClientFlags, durationOf, type Invocation, withServer } from "./client-command.ts";
import { readInput } from "./read-input.ts";
import { showTask } from "./show-task.ts";

interface DeployFlags extends ClientFlags {
  readonly location?: string;
  readonly wait?: boolean;
}

export function addDeploy(program: Command, io: Io): void {
  withServer(program.command("deploy <file>"))
    .summary("deploy a blueprint")
    .description("Deploys a blueprint: a YAML file, or - for standard input.")
    .option("-w, --wait", "show progress until the application runs, or fails")
    .option("--timeout <duration>", "how long to wait, such as 30s or 10m")
    .option("-l, --location <spec>", "where to, unless the blueprint says so itself")
    .addHelpText("after", "\nExamples:\n  clocker deploy shop.yaml --wait\n  clocker deploy blueprints/docker-cloud.yaml --location local --wait\n  cat shop.yaml | clocker deploy -")
    .action(act<DeployFlags>(io, (invocation, file = "") => deploy(invocation, file)));

  withServer(program.command("delete [name]").alias("destroy"))
    .summary("stop and remove an application")
    .option("--app <name>", "the application, by id or name")
    .option("-w, --wait", "show progress until it is gone")
    .option("--timeout <duration>", "how long to wait")
    .addHelpText("after", "\nExamples:\n  clocker delete Shop --wait")
    .action(act<DeployFlags>(io, (invocation, name) => remove(invocation, name ?? invocation.flags.app)));
}

async function deploy({ client, flags, io }: Invocation<DeployFlags>, file: string): Promise<void> {
  const blueprint = withLocation(await readInput(file, io), flags.location);
  const { task, applicationId, warnings } = await deployText(client, blueprint);
  for (const warning of warnings) say(io, `${styleOf(io).yellow("Warning:")} ${oneLine(warning)}`);
  if (flags.wait !== true) return showTask(io, flags.output, task);
  say(io, `Deploying ${task.entityDisplayName ?? applicationId} (application ${applicationId}, task ${task.id})`);
  await followTask(client, task.id, { view: new ProgressView(io), signal: io.signal, timeout: durationOf(flags.timeout, Infinity) });
  const application = await client.json(ApplicationSummary, links.application(applicationId));
  const urls = flags.output === "table" ? await urlsOf({ client, flags, io }, applicationId) : [];
  show(io, flags.output, { data: application, names: [application.id], text: () => facts([["Id", application.id], ["Name", application.spec.name], ["Status", application.status], ...urls]) });
}

async function urlsOf({ client }: Invocation, applicationId: string): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const sensor of ["mapped.main.uri", "main.uri"]) {
    const values = await client.json(z.record(z.string(), z.unknown()), `${links.application(applicationId)}/descendants/sensor/${sensor}`);
    for (const url of new Set(Object.values(values))) if (typeof url === "string") found.push([sensor, url]);
  }
  return found;
}

async function remove({ client, flags, io }: Invocation<DeployFlags>, name: string | undefined): Promise<void> {
  if (name === undefined) throw new CliError(2, "Which application?", { remedy: "clocker delete NAME; clocker app lists them" });
  const task = await client.json(TaskSummary, links.application(name), { method: "DELETE" });
  if (flags.wait !== true) return showTask(io, flags.output, task);
  await followTask(client, task.id, { view: new ProgressView(io), signal: io.signal, timeout: durationOf(flags.timeout, Infinity) });
  if (flags.output === "table") print(io, `Deleted ${name}`);
  else showTask(io, flags.output, await client.json(TaskSummary, links.activity(task.id)).catch(() => task));
}
