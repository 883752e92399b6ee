import type { Command } from "commander";
import { z } from "zod";
import { links, segment } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { type Io, say } from "../io.ts";
import { safe } from "../output/style.ts";
import { followTask } from "../progress/follow-task.ts";
import { ProgressView } from "../progress/progress-view.ts";
import { act, type ClientFlags, durationOf, type Invocation, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";
import { showTask, showTasks } from "./show-task.ts";

interface ActivityFlags extends ClientFlags {
  readonly children?: boolean;
}

export function addActivity(program: Command, io: Io): void {
  examples(withEntity(program.command("activity [task] [what]").alias("activities").alias("act").alias("acts").alias("v")), ["clocker activity", "clocker activity --app Shop", "clocker activity aB3dE5f7", "clocker activity aB3dE5f7 stdout", "clocker activity aB3dE5f7 follow"])
    .summary("list tasks, show one, read its output, follow or cancel it")
    .description("Lists recent tasks (of an entity with --app), shows one by its id, prints one of its streams (stdout, stderr, env, stdin), or does something with it (follow, cancel).")
    .option("-c, --children", "list the task's sub-tasks")
    .option("--timeout <duration>", "how long to follow it")
    .action(act<ActivityFlags>(io, async (invocation, task, what) => {
      if (task === undefined || task === "list") return list(invocation);
      await one(invocation, task, what);
    }));

  examples(withEntity(program.command("activity-stream <task> <stream>")), ["clocker activity-stream aB3dE5f7 stdout", "clocker app Shop activity aB3dE5f7 stdout"])
    .summary("print a task's output")
    .action(act(io, (invocation, task = "", stream = "") => one(invocation, task, stream)));
}

async function list({ client, flags, io }: Invocation): Promise<void> {
  const path = flags.app === undefined ? "/v1/activities" : `${entityPath(flags)}/activities`;
  showTasks(io, flags.output, await client.json(z.array(TaskSummary), path, { query: { limit: 50 } }));
}

async function one({ client, flags, io }: Invocation<ActivityFlags>, id: string, what: string | undefined): Promise<void> {
  const at = links.activity(id);
  if (flags.children === true) return showTasks(io, flags.output, await client.json(z.array(TaskSummary), `${at}/children`));
  switch (what) {
    case undefined:
      return showTask(io, flags.output, await client.json(TaskSummary, at));
    case "cancel": {
      const wasRunning = await client.json(z.boolean(), `${at}/cancel`, { method: "POST" });
      return say(io, wasRunning ? `Cancelled task ${id}` : `Task ${id} had ended already`);
    }
    case "follow":
    case "wait":
      return showTask(io, flags.output, await followTask(client, id, { view: new ProgressView(io), signal: io.signal, timeout: durationOf(flags.timeout, Infinity) }));
    default: {
      const text = await client.text(`${at}/stream/${segment(what)}`, { accept: "text/plain" });
      io.stdout.write(io.stdout.isTTY === true ? safe(text) : text);
    }
  }
}
