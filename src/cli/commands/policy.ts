import type { Command } from "commander";
import { z } from "zod";
import { AdjunctDetail, PolicySummary } from "../../api/shapes/adjunct-summary.ts";
import { segment } from "../../api/shapes/links.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { act, type ClientFlags, type Invocation, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";

interface PolicyFlags extends ClientFlags {
  readonly for?: string;
}

export function addPolicy(program: Command, io: Io): void {
  examples(withEntity(program.command("policy [name] [verb]").alias("policies").alias("pol").alias("pols")), ["clocker policy --app Shop --entity Cluster", "clocker policy Auto-scaler stop --app Shop --entity Cluster", "clocker policy Auto-scaler pause --for 1h --app Shop --entity Cluster"])
    .summary("list an entity's policies, show one, start, stop, pause for a time or destroy it")
    .option("--for <duration>", "pause: how long, such as 30m or 1h; then it resumes by itself")
    .action(act<PolicyFlags>(io, async (invocation, name, verb) => {
      if (name === undefined || name === "list") return list(invocation);
      await (verb === undefined ? one(invocation, name) : change(invocation, name, verb));
    }));

  for (const verb of ["start", "stop", "destroy"]) {
    examples(withEntity(program.command(`${verb}-policy <name>`)), [`clocker app Shop entity Cluster ${verb}-policy Auto-scaler`]).summary(`${verb} a policy`).action(act(io, (invocation, name = "") => change(invocation, name, verb)));
  }
}

async function list({ client, flags, io }: Invocation): Promise<void> {
  const policies = await client.json(z.array(PolicySummary), `${entityPath(flags)}/policies`);
  show(io, flags.output, {
    data: policies,
    names: policies.map(({ id }) => id),
    text: (width) => table([{ title: "ID", value: ({ id }) => id }, { title: "NAME", value: ({ name }) => name }, { title: "STATE", value: ({ state }) => state }], policies, width),
  });
}

async function one({ client, flags, io }: Invocation, name: string): Promise<void> {
  const policy = await client.json(AdjunctDetail, `${entityPath(flags)}/adjuncts/${segment(name)}`);
  show(io, flags.output, { data: policy, names: [policy.id], text: () => facts([["Name", policy.name], ["Id", policy.id], ["State", policy.state], ...(policy.suspendedUntil === undefined ? [] : [["Resumes", new Date(policy.suspendedUntil).toISOString()] as [string, string]]), ["Description", policy.description], ...Object.entries(policy.config)]) });
}

async function change({ client, flags }: Invocation<PolicyFlags>, name: string, verb: string): Promise<void> {
  const action = verb === "pause" ? "stop" : verb === "resume" ? "start" : verb;
  if (!["start", "stop", "destroy"].includes(action)) throw new CliError(exitCodes.usage, `Cannot ${verb} a policy`, { remedy: "A policy can be started, stopped, paused for a time and destroyed" });
  if (flags.for !== undefined && action !== "stop") throw new CliError(exitCodes.usage, `Cannot ${verb} a policy for a time`, { remedy: "--for goes with pause" });
  if (verb === "pause" && flags.for === undefined) throw new CliError(exitCodes.usage, "It is not said for how long", { remedy: "Give --for, such as --for 1h; or stop it until it is started" });
  await client.text(`${entityPath(flags)}/policies/${segment(name)}/${segment(action)}`, { method: "POST", ...(flags.for === undefined ? {} : { query: { for: flags.for } }) });
}
