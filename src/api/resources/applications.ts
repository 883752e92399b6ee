import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Deployment } from "../../management/applications.ts";
import { ClockerError } from "../../model/errors.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { blueprintFailure, launchFailure } from "../http/blueprint-failures.ts";
import { consumes } from "../http/bodies.ts";
import { findApplication } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { absolute } from "../http/reply-headers.ts";
import { sendList } from "../lists/send-list.ts";
import { regexFilter } from "../http/type-filter.ts";
import { waitFor } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";
import { applicationSummary, ApplicationSummary } from "../shapes/application-summary.ts";
import { EntitySummary } from "../shapes/entity-summary.ts";
import { links } from "../shapes/links.ts";
import { sensorJson } from "../shapes/sensor-summary.ts";
import { taskSummary, TaskSummary } from "../shapes/task-summary.ts";
import { planOf } from "./plan-of.ts";

const tags = ["applications"];
const inPath = z.object({ application: z.string().describe("Id, or name in any case") });
const ofType = z.object({ typeRegex: z.string().optional() });

/** Milliseconds that a deployment waits for the application to leave CREATED, so that the answer says how it goes. */
const FIRST_STATE = 100;

/** Applications: list, deploy, look at, delete. */
export function addApplications(api: Api, context: ApiContext): void {
  const { plane, server } = context;
  const entity = plane.entity.bind(plane);

  const answerDeployed = async (request: FastifyRequest, reply: FastifyReply, deployment: Deployment) => {
    const { application, start } = deployment;
    if (start !== undefined && application.get(SERVICE_STATE) === "CREATED") await waitFor(start.task, FIRST_STATE, plane.clock);
    const task = start?.task ?? plane.submit(application, "Deployed", async () => undefined, { tags: ["EFFECTOR", "NON-TRANSIENT"] }).task;
    for (const warning of deployment.warnings) reply.header("warning", `199 clocker ${JSON.stringify(warning.replaceAll(/[^\x20-\x7e]/g, "?"))}`);
    reply.header("location", absolute(request, links.application(application.id)));
    return reply.code(201).send(taskSummary(task, { entity, detail: true }));
  };

  api.get("/applications", { schema: { tags, summary: "List applications", querystring: ofType, response: { 200: z.array(ApplicationSummary), ...failures } } }, async ({ query }) => {
    const accepts = regexFilter(query.typeRegex, { whole: true });
    return plane.applications().filter((application) => accepts(application.typeName)).map((application) => applicationSummary(application));
  });

  // Its name of 2014, for clients that send an ApplicationSpec.
  for (const path of ["/applications", "/applications/createLegacy"]) api.post(
    path,
    {
      config: { body: "plan" },
      schema: {
        tags,
        summary: "Deploy a blueprint",
        description: "The body is a CAMP plan in YAML or JSON, whatever its Content-Type, or a form with the field `plan`.",
        consumes: [...consumes.plan],
        querystring: z.object({ format: z.string().optional() }),
        body: z.string(),
        response: { 201: TaskSummary, ...failures },
      },
    },
    async (request, reply) => answerDeployed(request, reply, await deploy(context, await planOf(context, request.body), { by: request.user ?? "anonymous" })),
  );

  api.put(
    "/applications/:application",
    {
      config: { body: "plan" },
      schema: {
        tags,
        summary: "Deploy a blueprint as an application with an id of one's own",
        description: "The same again is refused (409): who repeats a request whose answer was lost makes no second application.",
        consumes: [...consumes.plan],
        params: z.object({ application: z.string().regex(/^[a-z][a-z0-9]{9,31}$/, "an id is 10 to 32 lower-case letters and digits, a letter first") }),
        querystring: z.object({ format: z.string().optional() }),
        body: z.string(),
        response: { 201: TaskSummary, ...failures },
      },
    },
    async (request, reply) => {
      const { application: id } = request.params;
      if (plane.entity(id) !== undefined) throw new ClockerError("conflict", `Error launching blueprint, id already exists: '${id}'`);
      return answerDeployed(request, reply, await deploy(context, await planOf(context, request.body), { by: request.user ?? "anonymous", id }));
    },
  );


  api.get("/applications/:application", { schema: { tags, summary: "An application", params: inPath, response: { 200: ApplicationSummary, ...failures } } }, async ({ params }) =>
    applicationSummary(findApplication(plane, params.application)),
  );

  api.delete("/applications/:application", { schema: { tags, summary: "Stop and remove an application", params: inPath, response: { 202: TaskSummary, ...failures } } }, async ({ params }, reply) => {
    const { task } = server.applications.destroy(findApplication(plane, params.application));
    return reply.code(202).send(taskSummary(task, { entity, detail: true }));
  });

  api.get(
    "/applications/:application/descendants",
    { schema: { tags, summary: "The application and all its entities, parents first", params: inPath, querystring: ofType, response: { 200: z.array(EntitySummary), ...failures } } },
    async (request, reply) => {
      const accepts = regexFilter(request.query.typeRegex, { whole: true });
      const application = findApplication(plane, request.params.application);
      const entities = () => [...application.descendants()].filter((each) => accepts(each.typeName));
      return sendList(request, reply, context.lists.summaries(application, request.url, entities));
    },
  );

  api.get(
    "/applications/:application/descendants/sensor/:sensor",
    {
      schema: {
        tags,
        summary: "A sensor of all entities that have it, by entity id",
        params: inPath.extend({ sensor: z.string() }),
        querystring: ofType.extend({ suppressSecrets: flag(true) }),
        response: { 200: z.record(z.string(), z.unknown()), ...failures },
      },
    },
    async ({ params, query }) => {
      const accepts = regexFilter(query.typeRegex, { whole: true });
      const entities = [...findApplication(plane, params.application).descendants()].filter((each) => accepts(each.typeName));
      return Object.fromEntries(entities.map((each) => [each.id, sensorJson(each, params.sensor)] as const).filter(([, value]) => value !== undefined));
    },
  );
}

/** Deploys, with failures worded as Brooklyn words them (reference, 1.2). */
async function deploy({ server, plane }: ApiContext, text: string, options: { by: string; id?: string }): Promise<Deployment> {
  const before = new Set(plane.applications());
  try {
    return await server.applications.deploy(text, options);
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    const made = plane.applications().some((application) => !before.has(application));
    throw made ? launchFailure(error) : blueprintFailure(error);
  }
}
