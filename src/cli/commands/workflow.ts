import type { Command } from "commander";
import { z } from "zod";
import { segment } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { WorkflowSummary } from "../../api/shapes/workflow-summary.ts";
import { type Io, print, say } from "../io.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { followTask } from "../progress/follow-task.ts";
import { ProgressView } from "../progress/progress-view.ts";
import { act, type ClientFlags, durationOf, type Invocation, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";
import { readInput } from "./read-input.ts";
import { showTask } from "./show-task.ts";

interface WorkflowFlags extends ClientFlags {
  readonly reason?: string;
  readonly force?: boolean;
  readonly wait: boolean;
}

export function addWorkflow(program: Command, io: Io): void {
  examples(withEntity(program.command("workflow [id] [verb] [from]").alias("workflows")), [
    "clocker workflow --app Shop --entity Web",
    "clocker workflow run steps.yaml --app Shop --entity Web",
    "clocker workflow aB3dE5f7 --app Shop --entity Web",
    "clocker workflow aB3dE5f7 replay end --app Shop --entity Web",
  ])
    .summary("list an entity's workflows, show, run, replay or forget one")
    .description("Lists the workflows that an entity ran and that are kept, shows one by its id, runs one from a file (run FILE, - for standard input), replays one (replay start, last, end or the position of a step), or forgets one (delete).")
    .option("--reason <text>", "why it is replayed")
    .option("--force", "replay also from where the workflow does not say that it does no harm")
    .option("--no-wait", "only start it, and print the task")
    .option("--timeout <duration>", "how long to wait for it, such as 30s or 10m; 0 for as long as it takes")
    .action(act<WorkflowFlags>(io, async (invocation, id, verb, from) => {
      if (id === undefined || id === "list") return list(invocation);
      if (id === "run") return run(invocation, verb);
      switch (verb) {
        case undefined:
        case "show":
          return one(invocation, id);
        case "replay":
          return replay(invocation, id, from ?? "end");
        case "delete":
        case "rm":
          return forget(invocation, id);
        default:
          throw new CliError(exitCodes.usage, `A workflow cannot "${verb}"`, { remedy: "It can be shown, replayed (replay) and forgotten (delete)" });
      }
    }));
}

function at({ flags }: Invocation, id?: string): string {
  return `${entityPath(flags)}/workflows${id === undefined ? "" : `/${segment(id)}`}`;
}

async function list(invocation: Invocation): Promise<void> {
  const { client, flags, io } = invocation;
  const workflows = Object.values(await client.json(z.record(z.string(), WorkflowSummary), at(invocation)));
  show(io, flags.output, {
    data: workflows,
    names: workflows.map(({ workflowId }) => workflowId),
    text: (width) =>
      table(
        [
          { title: "ID", value: ({ workflowId }) => workflowId },
          { title: "NAME", value: ({ name, parentTag }) => (parentTag === undefined ? name : `└ ${name}`) },
          { title: "STATUS", value: ({ status }) => status },
          { title: "STEP", value: stepOf },
          { title: "SINCE", value: ({ lastStatusChangeTime }) => lastStatusChangeTime.replace("T", " ").slice(0, 19) },
          { title: "REPLAYS", value: ({ replays }) => replays.length - 1 },
        ],
        workflows,
        width,
      ),
  });
}

/** The step where it is, or where it ended badly. */
function stepOf({ status, currentStepInstance }: WorkflowSummary): string {
  return status === "SUCCESS" || currentStepInstance === undefined ? "" : `${currentStepInstance.stepIndex + 1} - ${currentStepInstance.name}`;
}

async function one(invocation: Invocation, id: string): Promise<void> {
  const { client, flags, io } = invocation;
  const workflow = await client.json(WorkflowSummary, at(invocation, id));
  const steps = Object.entries(workflow.oldStepInfo).filter(([index]) => Number(index) >= 0);
  const last = workflow.replays.at(-1);
  show(io, flags.output, {
    data: workflow,
    names: [workflow.workflowId],
    text: (width) =>
      [
        facts([
          ["Id", workflow.workflowId],
          ["Name", workflow.name],
          ["Status", workflow.status],
          ["Step", stepOf(workflow)],
          ["Task", workflow.taskId],
          ["Input", workflow.input],
          ["Output", workflow.output],
          ["Error", last?.isError === true ? last.result : undefined],
          ["Variables", Object.keys(Object(workflow.workflowScratchVariables) as object).length === 0 ? undefined : workflow.workflowScratchVariables],
          ["Replayable from", replayable(workflow)],
          ["Kept", workflow.retention.expiry],
        ]),
        table(
          [
            { title: "STEP", value: ([index]) => Number(index) },
            { title: "NAME", value: ([, { context }]) => context?.name ?? "" },
            { title: "STARTED", value: ([, { countStarted }]) => countStarted },
            { title: "COMPLETED", value: ([, { countCompleted }]) => countCompleted },
            { title: "OUTPUT", value: ([, { context }]) => (context?.output === undefined ? "" : JSON.stringify(context.output)) },
          ],
          steps,
          width,
        ),
      ].join("\n\n"),
  });
}

function replayable({ replayableDisabled, replayableFromStart, replayableLastStep, oldStepInfo }: WorkflowSummary): string {
  if (replayableDisabled) return "nowhere";
  const points = Object.entries(oldStepInfo).flatMap(([index, { replayableFromHere }]) => (replayableFromHere === true ? [index] : []));
  return [...(replayableFromStart ? ["start"] : []), ...points, ...(replayableLastStep === -2 ? [] : ["end"])].join(", ");
}

async function run(invocation: Invocation<WorkflowFlags>, file: string | undefined): Promise<void> {
  const { client, io } = invocation;
  if (file === undefined) throw new CliError(exitCodes.usage, "Which workflow is to be run is not said", { remedy: "Give a file, or - for standard input: clocker workflow run steps.yaml" });
  const body = await readInput(file, io);
  await followed(invocation, await client.json(TaskSummary, at(invocation), { method: "POST", query: { timeout: "0" }, body, contentType: "application/yaml" }));
}

async function replay(invocation: Invocation<WorkflowFlags>, id: string, from: string): Promise<void> {
  const { client, flags } = invocation;
  const query = { timeout: "0", ...(flags.reason === undefined ? {} : { reason: flags.reason }), ...(flags.force === true ? { force: "true" } : {}) };
  await followed(invocation, await client.json(TaskSummary, `${at(invocation, id)}/replay/from/${segment(from)}`, { method: "POST", query }));
}

async function followed({ client, flags, io }: Invocation<WorkflowFlags>, task: TaskSummary): Promise<void> {
  if (!flags.wait) return showTask(io, flags.output, task);
  say(io, `Task ${task.id}: ${task.displayName}`);
  const ended = await followTask(client, task.id, { view: new ProgressView(io), signal: io.signal, timeout: flags.timeout === "0" ? Infinity : durationOf(flags.timeout, Infinity) });
  if (flags.output !== "table") return showTask(io, flags.output, ended);
  if (ended.result !== undefined && ended.result !== null) print(io, typeof ended.result === "string" ? ended.result : JSON.stringify(ended.result, undefined, 2));
}

async function forget(invocation: Invocation, id: string): Promise<void> {
  const { client, io } = invocation;
  const { name } = await client.json(WorkflowSummary, at(invocation, id), { method: "DELETE" });
  say(io, `Workflow ${id} (${name}) is forgotten`);
}
