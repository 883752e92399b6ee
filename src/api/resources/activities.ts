import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Task } from "../../model/task.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { findTask, notFound } from "../http/find.ts";
import { count, flag } from "../http/query.ts";
import { waitFor, waitOf } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";
import { interestingFirst } from "../shapes/task-order.ts";
import { taskSummary, TaskSummary } from "../shapes/task-summary.ts";

const tags = ["activities"];
const AT = "/activities/:task";
const inPath = z.object({ task: z.string() });

/** Tasks: look at, follow, read their streams, cancel. */
export function addActivities(api: Api, { plane }: ApiContext): void {
  const entity = plane.entity.bind(plane);

  api.get(
    "/activities",
    { schema: { tags, summary: "Recent top-level tasks of the whole plane", querystring: z.object({ limit: count(200), recurse: flag(false) }), response: { 200: z.array(TaskSummary), ...failures } } },
    async ({ query }) => {
      const all = [...plane.tasks.all()].filter((task) => task.parent === undefined && !task.tags.includes("TRANSIENT"));
      return interestingFirst(all, query).map((task) => taskSummary(task, { entity, detail: false }));
    },
  );

  api.get(
    AT,
    {
      schema: {
        tags,
        summary: "A task",
        description: "200 when it has ended, 202 while it runs. With `timeout` the answer waits for its end for so long.",
        params: inPath,
        querystring: z.object({ timeout: z.string().optional(), suppressSecrets: flag(true) }),
        response: { 200: TaskSummary, 202: TaskSummary, ...failures },
      },
    },
    async ({ params, query }, reply) => {
      const task = findTask(plane, params.task);
      const ended = await waitFor(task, waitOf(query.timeout, 0), plane.clock);
      return reply.code(ended ? 200 : 202).send(taskSummary(task, { entity, detail: true }));
    },
  );

  api.get(
    `${AT}/children`,
    { schema: { tags, summary: "A task's sub-tasks", params: inPath, querystring: z.object({ limit: count(200), includeBackground: flag(false) }), response: { 200: z.array(TaskSummary), ...failures } } },
    async ({ params, query }) => findTask(plane, params.task).children.slice(0, query.limit).map((task) => taskSummary(task, { entity, detail: false })),
  );

  api.get(
    `${AT}/children/recurse`,
    {
      schema: {
        tags,
        summary: "All tasks below a task, by id",
        params: inPath,
        querystring: z.object({ limit: count(200), maxDepth: z.coerce.number().int().min(-1).default(-1) }),
        response: { 200: z.record(z.string(), TaskSummary), ...failures },
      },
    },
    async ({ params, query }) => {
      const found = [...below(findTask(plane, params.task), query.maxDepth)].slice(0, query.limit);
      return Object.fromEntries(found.map((task) => [task.id, taskSummary(task, { entity, detail: false })]));
    },
  );

  api.get(`${AT}/stream/:stream`, { schema: { tags, produces: ["text/plain"], summary: "A task's output", params: inPath.extend({ stream: z.string() }), response: { 200: z.string(), ...failures } } }, async ({ params }, reply) => {
    const { streams } = findTask(plane, params.task);
    const stream = streams.get(params.stream);
    if (stream === undefined) throw notFound(`Task '${params.task}' has no stream '${params.stream}'`, params.stream, streams.keys());
    return reply.type("text/plain; charset=utf-8").send(plane.knownSecrets.scrub(stream.text));
  });

  api.post(
    `${AT}/cancel`,
    { schema: { tags, summary: "Cancel a task and all below it; answers whether it still ran", params: inPath, querystring: z.object({ noInterrupt: flag(false) }), response: { 200: z.boolean(), ...failures } } },
    async ({ params }) => {
      const task = findTask(plane, params.task);
      if (task.isEnded) return false;
      task.cancel(new ClockerError("cancelled", `"${task.name}" was cancelled by a user`));
      return true;
    },
  );
}

/** Breadth first, so that a limit keeps the upper levels. */
function* below(task: Task, depth: number): Generator<Task> {
  let level = task.children;
  for (let left = depth; level.length > 0 && left !== 0; left--) {
    yield* level;
    level = level.flatMap((each) => each.children);
  }
}
