import { type Command, InvalidArgumentError } from "commander";
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
import { blueprintsIn, readEnvFile } from "../server/blueprint-settings.ts";
import { act, type ClientFlags, durationOf, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";
import { readInput } from "./read-input.ts";
import { showTask } from "./show-task.ts";

interface DeployFlags extends ClientFlags {
  readonly location?: string;
  readonly wait?: boolean;
  readonly set: Readonly<Record<string, string>>;
  readonly envFile?: string;
}

export function addDeploy(program: Command, io: Io): void {
  examples(withServer(program.command("deploy <file>")), ["clocker deploy shop.yaml --wait", "clocker deploy blueprints/docker-cloud.yaml --location local --wait", "clocker deploy shop.yaml --set http.port=8090 --env-file prod.env", "clocker deploy https://example.com/shop.yaml", "cat shop.yaml | clocker deploy -"])
    .summary("deploy a blueprint")
    .description("Deploys a blueprint: a YAML file, a URL, or - for standard input. Of several documents in one each becomes an application.")
    .option("-w, --wait", "show progress until the application runs, or fails")
    .option("--timeout <duration>", "how long to wait, such as 30s or 10m")
    .option("-l, --location <spec>", "where to, unless the blueprint says so itself")
    .option("--set <key=value>", "set config of the application (brooklyn.config), or its name or location; may be repeated", setting, {})
    .option("--env-file <file>", "replace ${NAME} in the blueprint by the values of this file's NAME=VALUE lines")
    .action(act<DeployFlags>(io, (invocation, file = "") => deployAll(invocation, file)));

  examples(withServer(program.command("delete [name]").alias("destroy")), ["clocker delete Shop --wait", "clocker app Shop delete"])
    .summary("stop and remove an application")
    .option("--app <name>", "the application, by id or name")
    .option("-w, --wait", "show progress until it is gone")
    .option("--timeout <duration>", "how long to wait")
    .action(act<DeployFlags>(io, (invocation, name) => remove(invocation, name ?? invocation.flags.app)));
}

function setting(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("Expected key=value.");
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

async function deployAll(invocation: Invocation<DeployFlags>, file: string): Promise<void> {
  const { flags, io } = invocation;
  const variables = flags.envFile === undefined ? {} : readEnvFile(await readInput(flags.envFile, io), flags.envFile);
  for (const text of blueprintsIn(await readInput(file, io), { set: flags.set, variables })) await deploy(invocation, text);
}

async function deploy({ client, flags, io }: Invocation<DeployFlags>, text: string): Promise<void> {
  const blueprint = withLocation(text, flags.location);
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
