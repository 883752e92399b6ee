import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { EffectorSummary } from "../../api/shapes/effector-summary.ts";
import { segment } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { type Io, print, say } from "../io.ts";
import { show } from "../output/show.ts";
import { facts, table, textOf } from "../output/table.ts";
import { followTask } from "../progress/follow-task.ts";
import { ProgressView } from "../progress/progress-view.ts";
import { act, type ClientFlags, durationOf, type Invocation, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";
import { showTask } from "./show-task.ts";

interface InvokeFlags extends ClientFlags {
  readonly param: Readonly<Record<string, string>>;
  readonly wait: boolean;
}

export function addEffector(program: Command, io: Io): void {
  examples(withInvocation(withEntity(program.command("effector [name] [verb]").alias("effectors").alias("eff").alias("f"))), ["clocker effector --app Shop", "clocker effector resize --app Shop --entity Cluster", "clocker effector resize invoke -P desiredSize=3 --app Shop --entity Cluster"])
    .summary("list an entity's effectors, show one, or invoke it")
    .action(act<InvokeFlags>(io, async (invocation, name, verb) => {
      if (name === undefined || name === "list") return list(invocation);
      await (verb === "invoke" ? invoke(invocation, name) : one(invocation, name));
    }));

  examples(withInvocation(withEntity(program.command("invoke <effector>"))), ["clocker invoke resize -P desiredSize=3 --app Shop --entity Cluster", "clocker app Shop entity Web invoke deploy -P url=@war-url.txt"])
    .summary("invoke an effector and wait for its result")
    .action(act<InvokeFlags>(io, (invocation, name = "") => invoke(invocation, name)));

  for (const name of ["start", "stop", "restart"]) {
    examples(withInvocation(withEntity(program.command(`${name} [parameters...]`))), [`clocker app Shop ${name}`, `clocker ${name} --entity shop/web`])
      .summary(`${name} an application or entity`)
      .action(act<InvokeFlags>(io, (invocation, ...words) => invoke(invocation, name, words)));
  }
}

function withInvocation(command: Command): Command {
  return command
    .option("-P, --param <name=value>", "a parameter; @FILE reads the value from a file; may be repeated", parameter, {})
    .option("--no-wait", "only start it, and print the task")
    .option("--timeout <duration>", "how long to wait for it, such as 30s or 10m; 0 for as long as it takes");
}

function parameter(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("Expected name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

async function list({ client, flags, io }: Invocation): Promise<void> {
  const effectors = await client.json(z.array(EffectorSummary), `${entityPath(flags)}/effectors`);
  const parameters = (effector: EffectorSummary) => effector.parameters.map(({ name }) => name).join(", ");
  show(io, flags.output, {
    data: effectors,
    names: effectors.map(({ name }) => name),
    text: (width) => table([{ title: "NAME", value: ({ name }) => name }, { title: "PARAMETERS", value: parameters }, { title: "DESCRIPTION", value: ({ description }) => description }], effectors, width),
  });
}

async function one(invocation: Invocation, name: string): Promise<void> {
  const { client, flags, io } = invocation;
  const effectors = await client.json(z.array(EffectorSummary), `${entityPath(flags)}/effectors`);
  const effector = effectors.find((each) => each.name === name);
  // The server's own message for an unknown one, with the nearest name.
  if (effector === undefined) return void (await client.text(`${entityPath(flags)}/effectors/${segment(name)}`, { method: "POST", query: { timeout: "0" } }));
  const parameters = effector.parameters.map(({ name: parameterName, type, description, defaultValue }) => [`  ${parameterName}`, `${description ?? ""} (${type}${defaultValue === null || defaultValue === undefined ? "" : `, default ${textOf(defaultValue)}`})`] as const);
  show(io, flags.output, { data: effector, names: [name], text: () => facts([["Name", name], ["Description", effector.description], ["Returns", effector.returnType], ...parameters]) });
}

async function invoke({ client, flags, io }: Invocation<InvokeFlags>, name: string, words: readonly string[] = []): Promise<void> {
  // Older versions of br take `name=value` without -P.
  const given = words.reduce((before, word) => parameter(word, before), { ...flags.param });
  const body = new URLSearchParams(await valuesOf(given)).toString();
  // Always in the background: how long it may take is nothing that a connection should decide.
  const task = await client.json(TaskSummary, `${entityPath(flags)}/effectors/${segment(name)}`, { method: "POST", query: { timeout: "0" }, body, contentType: "application/x-www-form-urlencoded" });
  if (!flags.wait) return showTask(io, flags.output, task);
  say(io, `Task ${task.id}: ${task.displayName}`);
  const ended = await followTask(client, task.id, { view: new ProgressView(io), signal: io.signal, timeout: flags.timeout === "0" ? Infinity : durationOf(flags.timeout, Infinity) });
  if (flags.output !== "table") return showTask(io, flags.output, ended);
  if (ended.result !== undefined && ended.result !== null) print(io, typeof ended.result === "string" ? ended.result : JSON.stringify(ended.result, undefined, 2));
}

/** `@file` is what the file holds. */
async function valuesOf(given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const entries = await Promise.all(Object.entries(given).map(async ([name, value]) => [name, value.startsWith("@") ? await readFile(value.slice(1), "utf8") : value] as const));
  return Object.fromEntries(entries);
}
