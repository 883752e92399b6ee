import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { blueprintFailure } from "../http/blueprint-failures.ts";
import { consumes } from "../http/bodies.ts";
import { findApplication, findEntity } from "../http/find.ts";
import { count, flag } from "../http/query.ts";
import { absolute } from "../http/reply-headers.ts";
import { sendList } from "../lists/send-list.ts";
import { regexFilter } from "../http/type-filter.ts";
import { waitFor, waitOf } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";
import { entitySummary, EntitySummary, relationsOf, RelationSummary } from "../shapes/entity-summary.ts";
import { interestingFirst } from "../shapes/task-order.ts";
import { links } from "../shapes/links.ts";
import { locationSummary, LocationSummary } from "../shapes/location-summary.ts";
import { sensorJson } from "../shapes/sensor-summary.ts";
import { taskSummary, TaskSummary } from "../shapes/task-summary.ts";
import { planOf } from "./plan-of.ts";

const tags = ["entities"];
export const entityInPath = z.object({ application: z.string(), entity: z.string().describe("Id, or exact name within the application") });
const AT = "/applications/:application/entities";
const ofType = z.object({ typeRegex: z.string().optional() });

/** Entities: look at, add below, rename, expunge. */
export function addEntities(api: Api, context: ApiContext): void {
  const { plane, server } = context;
  const entity = plane.entity.bind(plane);

  api.get(AT, { schema: { tags, summary: "The application's children", params: z.object({ application: z.string() }), response: { 200: z.array(EntitySummary), ...failures } } }, async (request, reply) => {
    const application = findApplication(plane, request.params.application);
    return sendList(request, reply, context.lists.summaries(application, request.url, () => application.children));
  });

  api.get(`${AT}/:entity`, { schema: { tags, summary: "An entity", params: entityInPath, response: { 200: EntitySummary, ...failures } } }, async ({ params }) =>
    entitySummary(findEntity(plane, params.application, params.entity)),
  );

  // `entities` as in 2014.
  for (const path of [`${AT}/:entity/children`, `${AT}/:entity/entities`]) api.get(path, { schema: { tags, summary: "The entity's children", params: entityInPath, response: { 200: z.array(EntitySummary), ...failures } } }, async (request, reply) => {
    const { application, children } = findEntity(plane, request.params.application, request.params.entity);
    return sendList(request, reply, context.lists.summaries(application, request.url, () => children));
  });

  api.post(
    `${AT}/:entity/children`,
    {
      config: { body: "plan" },
      schema: {
        tags,
        summary: "Add what a blueprint describes below the entity, and start it",
        consumes: [...consumes.plan],
        params: entityInPath,
        querystring: z.object({ start: flag(true), timeout: z.string().optional() }),
        body: z.string(),
        response: { 201: TaskSummary, ...failures },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const parent = findEntity(plane, params.application, params.entity);
      const text = await planOf(context, request.body);
      const { children, start } = await server.applications.addChildren(parent, text, { start: query.start }).catch((error: unknown) => {
        throw error instanceof ClockerError ? blueprintFailure(error) : error;
      });
      const task = start?.task ?? plane.submit(parent, "add children", async () => children.map((child) => child.id), { tags: ["EFFECTOR"] }).task;
      await waitFor(task, waitOf(query.timeout, 20), plane.clock);
      const [only] = children;
      if (only !== undefined && children.length === 1) reply.header("location", absolute(request, links.entity(parent.application.id, only.id)));
      return reply.code(201).send(taskSummary(task, { entity, detail: true }));
    },
  );

  api.get(
    `${AT}/:entity/activities`,
    {
      schema: {
        tags,
        summary: "The entity's tasks, the interesting ones first",
        params: entityInPath,
        querystring: z.object({ limit: count(200), recurse: flag(false), suppressSecrets: flag(true) }),
        response: { 200: z.array(TaskSummary), ...failures },
      },
    },
    async ({ params, query }) => {
      const owner = findEntity(plane, params.application, params.entity);
      const own = plane.tasks.tasksOf(owner.id);
      return interestingFirst(own, query).map((task) => taskSummary(task, { entity, detail: false }));
    },
  );

  api.get(
    `${AT}/:entity/activities/:task`,
    { schema: { tags, summary: "One of the entity's tasks", params: entityInPath.extend({ task: z.string() }), response: { 200: TaskSummary, ...failures } } },
    async ({ params }) => {
      const owner = findEntity(plane, params.application, params.entity);
      const task = plane.tasks.tasksOf(owner.id).find(({ id }) => id === params.task);
      if (task === undefined) throw new ClockerError("not-found", `Cannot find task '${params.task}' - possibly garbage collected to save memory`);
      return taskSummary(task, { entity, detail: true });
    },
  );

  api.get(`${AT}/:entity/relations`, { schema: { tags, summary: "Groups and members of the entity", params: entityInPath, response: { 200: z.array(RelationSummary), ...failures } } }, async ({ params }) =>
    relationsOf(findEntity(plane, params.application, params.entity)),
  );

  api.get(
    `${AT}/:entity/descendants`,
    { schema: { tags, summary: "The entity and all below it, parents first", params: entityInPath, querystring: ofType, response: { 200: z.array(EntitySummary), ...failures } } },
    async (request, reply) => {
      const accepts = regexFilter(request.query.typeRegex, { whole: true });
      const root = findEntity(plane, request.params.application, request.params.entity);
      const entities = () => [...root.descendants()].filter((each) => accepts(each.typeName));
      return sendList(request, reply, context.lists.summaries(root.application, request.url, entities));
    },
  );

  api.get(
    `${AT}/:entity/descendants/sensor/:sensor`,
    {
      schema: {
        tags,
        summary: "A sensor of the entity and all below it, by entity id",
        params: entityInPath.extend({ sensor: z.string() }),
        querystring: ofType.extend({ suppressSecrets: flag(true) }),
        response: { 200: z.record(z.string(), z.unknown()), ...failures },
      },
    },
    async ({ params, query }) => {
      const accepts = regexFilter(query.typeRegex, { whole: true });
      const entities = [...findEntity(plane, params.application, params.entity).descendants()].filter((each) => accepts(each.typeName));
      return Object.fromEntries(entities.map((each) => [each.id, sensorJson(each, params.sensor)] as const).filter(([, value]) => value !== undefined));
    },
  );

  api.get(`${AT}/:entity/locations`, { schema: { tags, summary: "Where the entity is", params: entityInPath, response: { 200: z.array(LocationSummary), ...failures } } }, async ({ params }) =>
    findEntity(plane, params.application, params.entity).locations.map((location) => locationSummary(location, "none")),
  );

  api.post(
    `${AT}/:entity/name`,
    { schema: { tags, summary: "Rename the entity", params: entityInPath, querystring: z.object({ name: z.string().min(1).max(500) }), response: { 200: z.unknown().describe("Nothing"), ...failures } } },
    async ({ params, query }, reply) => {
      findEntity(plane, params.application, params.entity).rename(types.string.coerce(query.name));
      return reply.code(200).send(undefined);
    },
  );

  api.post(
    `${AT}/:entity/expunge`,
    {
      schema: {
        tags,
        summary: "Take the entity out of management, whatever state it is in",
        params: entityInPath,
        querystring: z.object({ release: flag(false), timeout: z.string().optional() }),
        response: { 202: TaskSummary, ...failures },
      },
    },
    async ({ params, query }, reply) => {
      const { task } = server.applications.expunge(findEntity(plane, params.application, params.entity), { release: query.release });
      return reply.code(202).send(taskSummary(task, { entity, detail: true }));
    },
  );
}
