import type { Command } from "commander";
import { z } from "zod";
import { links } from "../../api/shapes/links.ts";
import { ApplySummary, type PlanSummary, RevisionSummary } from "../../api/shapes/plan-summary.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print, say } from "../io.ts";
import { show } from "../output/show.ts";
import { oneLine, styleOf, widthOf } from "../output/style.ts";
import { table } from "../output/table.ts";
import { planText } from "../plan/show-plan.ts";
import { followTask } from "../progress/follow-task.ts";
import { ProgressView } from "../progress/progress-view.ts";
import { withLocation } from "../server/blueprint-edits.ts";
import { act, durationOf, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";
import { exitCodeOfPlan, PLAN_TIMEOUT, planned, type PlanFlags, planQuery, withPlanned } from "./plan.ts";
import { readInput } from "./read-input.ts";

interface ApplyFlags extends PlanFlags {
  readonly plan?: string;
  readonly parallel?: string;
  readonly monitor?: string;
  readonly gateTimeout?: string;
  readonly rollback?: boolean;
  readonly note?: string;
  readonly detach?: boolean;
  readonly to?: string;
}

export function addApply(program: Command, io: Io): void {
  examples(withChange(withPlanned(withServer(program.command("apply <file>")))), ["clocker apply shop.yaml", "clocker apply shop.yaml --plan p-7f2c1d0a9b", "clocker apply shop.yaml --app Shop --parallel 2 --monitor 30s --note 'nginx 1.27'"])
    .summary("bring a running application to what a blueprint says")
    .description(
      "Makes a running application what a blueprint says now, or makes it where there is none: exactly what `clocker plan` shows. What is new must be up, and stay so, before what it replaces goes; when a part fails, everything is put back, and the command fails. " +
        "Interrupting it leaves the change running.",
    )
    .option("--plan <id>", "the plan that was looked at: refused with 5 when it would be another one now")
    .action(act<ApplyFlags>(io, async (invocation, file = "") => apply(invocation, file)));

  examples(withChange(withServer(program.command("rollback [app]")).option("--app <name>", "the application, by id or name")), ["clocker rollback Shop", "clocker rollback Shop --to 3"])
    .summary("bring an application back to an earlier revision")
    .description("Makes an application what an earlier revision of its blueprint said: the one before the current one, or that of --to.")
    .option("--to <revision>", "the revision to go back to")
    .option("--order <order>", "how replacements go: start-first or stop-first")
    .action(act<ApplyFlags>(io, async (invocation, name) => rollBack(invocation, name ?? invocation.flags.app)));

  examples(withServer(program.command("revisions [app] [revision]").alias("revision")).option("--app <name>", "the application, by id or name"), ["clocker revisions Shop", "clocker revisions Shop 3 > shop-3.yaml", "clocker app Shop revisions"])
    .summary("show the blueprints that an application was deployed from and changed to")
    .action(act<ApplyFlags>(io, async (invocation, ...words) => revisions(invocation, invocation.flags.app === undefined ? words : [invocation.flags.app, ...words])));
}

function withChange(command: Command): Command {
  return command
    .option("--parallel <count>", "how many entities change at once (default: 1)")
    .option("--monitor <duration>", "how long what is new must stay up (default: 5s)")
    .option("--gate-timeout <duration>", "how long it may take to come up (default: 5m)")
    .option("--no-rollback", "leave what was done when a part fails")
    .option("--note <text>", "a note for the application's history")
    .option("--detach", "print the task and do not wait for it")
    .option("--timeout <duration>", "how long to wait, such as 10m; the change goes on");
}

async function apply(invocation: Invocation<ApplyFlags>, file: string): Promise<void> {
  const { client, flags, io } = invocation;
  const text = withLocation(await readInput(file, io), flags.location);
  // All that is wrong is told at once, as by `plan`; and who sees the plan sees what is done.
  const plan = await planned(client, flags, text);
  if (flags.output === "table") showPlan(io, plan);
  const code = exitCodeOfPlan(plan);
  if (code !== undefined && code !== exitCodes.noCapacity) throw new CliError(code, "The blueprint has problems", { isSilent: flags.output === "table" });
  if (plan.isNew && plan.application.name === "") throw new CliError(exitCodes.usage, "Cannot apply a blueprint without a name: it could not be found again", { remedy: `Give it a name, or deploy it: clocker deploy ${file}` });
  await client.confirmChange();
  const query = { ...planQuery(flags), ...changeQuery(flags), plan: flags.plan };
  const applied = await client.json(ApplySummary, "/v1/apply", { method: "POST", body: text, contentType: "application/yaml", query, timeout: PLAN_TIMEOUT });
  await follow(invocation, applied);
}

async function rollBack(invocation: Invocation<ApplyFlags>, name: string | undefined): Promise<void> {
  const { client, flags } = invocation;
  if (name === undefined) throw new CliError(exitCodes.usage, "Which application?", { remedy: "clocker rollback NAME; clocker app lists them" });
  const number = flags.to ?? (await before(invocation, name));
  const applied = await client.json(ApplySummary, `${links.application(name)}/revisions/${encodeURIComponent(number)}/apply`, { method: "POST", query: { order: flags.order, ...changeQuery(flags) }, timeout: PLAN_TIMEOUT });
  if (flags.output === "table") showPlan(invocation.io, applied.plan);
  await follow(invocation, applied);
}

/** The revision that the application ran by before the current one. */
async function before({ client }: Invocation<ApplyFlags>, name: string): Promise<string> {
  const all = await client.json(z.array(RevisionSummary), `${links.application(name)}/revisions`);
  const current = all.find(({ isCurrent }) => isCurrent);
  const earlier = all.findLast(({ number, outcome }) => outcome === "applied" && current !== undefined && number < current.number);
  if (earlier === undefined) throw new CliError(exitCodes.notFound, `"${name}" has no earlier revision to go back to`, { remedy: `See: clocker revisions ${name}` });
  return String(earlier.number);
}

function changeQuery({ parallel, monitor, gateTimeout, rollback, note }: ApplyFlags): Record<string, string | boolean | undefined> {
  return { parallel, monitor, gateTimeout, ...(rollback === false ? { rollback } : {}), note };
}

function showPlan(io: Io, plan: PlanSummary): void {
  say(io, planText({ plan, style: styleOf(io), width: widthOf(io.stderr) }));
  say(io);
}

async function follow({ client, flags, io }: Invocation<ApplyFlags>, applied: ApplySummary): Promise<void> {
  const { task, plan, revision, applicationId } = applied;
  if (task === undefined) return show(io, flags.output, { data: applied, names: [applicationId ?? ""], text: () => (flags.output === "table" && plan.hasChanges ? "Done" : "Nothing to change") });
  if (flags.detach === true) return show(io, flags.output, { data: applied, names: [task.id], text: () => `${plan.isNew ? "Deploying" : "Changing"} ${oneLine(plan.application.name)} (task ${task.id})\nFollow it with: clocker activity ${task.id} follow` });
  say(io, `${plan.isNew ? "Deploying" : `Changing to revision ${revision ?? "?"}`} (task ${task.id})`);
  const ended = await followTask(client, task.id, { view: new ProgressView(io), signal: io.signal, timeout: durationOf(flags.timeout, Infinity) });
  if (flags.output !== "table") return show(io, flags.output, { data: { ...applied, task: ended }, names: [applicationId ?? ""], text: () => "" });
  print(io, `${oneLine(plan.application.name)} runs revision ${revision ?? 1}`);
}

async function revisions({ client, flags, io }: Invocation<ApplyFlags>, [name, number]: readonly string[]): Promise<void> {
  if (name === undefined) throw new CliError(exitCodes.usage, "Which application?", { remedy: "clocker revisions NAME; clocker app lists them" });
  if (number !== undefined) {
    const found = await client.json(RevisionSummary.extend({ blueprint: z.string() }), `${links.application(name)}/revisions/${encodeURIComponent(number)}`);
    return show(io, flags.output, { data: found, names: [String(found.number)], text: () => found.blueprint.trimEnd() });
  }
  const all = await client.json(z.array(RevisionSummary), `${links.application(name)}/revisions`);
  show(io, flags.output, { data: all, names: all.map((each) => String(each.number)), text: (width) => table(columns, all.toReversed(), width) });
}

const columns: Parameters<typeof table<RevisionSummary>>[0] = [
  { title: "REVISION", value: ({ number, isCurrent }) => `${number}${isCurrent ? " *" : ""}` },
  { title: "WHEN", value: ({ at }) => new Date(at).toISOString().replace("T", " ").slice(0, 19) },
  { title: "WHO", value: ({ by }) => by },
  { title: "OUTCOME", value: ({ outcome }) => outcome },
  { title: "CHANGES", value: ({ changes, of }) => `${changes}${of === undefined ? "" : ` (back to ${of})`}` },
  { title: "NOTE", value: ({ note }) => note },
];
