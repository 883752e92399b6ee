import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import fastifyWebsocket from "@fastify/websocket";
import fastify from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { AuditLog } from "../management/audit/audit-log.ts";
import { auditPolicies } from "../management/audit/audit-policies.ts";
import type { Server } from "../management/server.ts";
import type { Api, ApiContext } from "./api-context.ts";
import { LARGEST_MESSAGE } from "./exec/exec-protocol.ts";
import { EventHub } from "./events/event-hub.ts";
import { readBodies } from "./http/bodies.ts";
import { EntityLists } from "./lists/entity-lists.ts";
import { answerBadRequest, answerFailures } from "./http/failures.ts";
import { answerIfChanged } from "./http/conditional.ts";
import { pageLists } from "./http/paging.ts";
import { refuseUntilReady } from "./http/readiness.ts";
import { endRefusedUpgrades, upgrades } from "./http/upgrades.ts";
import { finishReplies } from "./http/reply-headers.ts";
import { describeApi } from "./openapi/describe-api.ts";
import { addPages } from "./page/pages.ts";
import { addResources } from "./resources/index.ts";
import { AccessRules, type RulesOf, rulesWith } from "./security/access-rules.ts";
import { letOtherSitesIn } from "./security/cors.ts";
import { refuseOtherSites } from "./security/browsers.ts";
import { auditChanges } from "./security/audit-changes.ts";
import { requirePermission } from "./security/authorize.ts";
import type { Tls } from "./security/certificate.ts";
import { Sessions } from "./security/sessions.ts";
import { requireSignIn } from "./security/sign-in.ts";

export interface ApiOptions {
  /** Who may come in, by the properties; everybody on this computer unless given. */
  readonly rulesOf?: RulesOf;
  /** Serves HTTPS. */
  readonly tls?: Tls | undefined;
  /** Ends the process; absent where requests may not. */
  readonly shutDown?: (reason: string) => void;
  /** Checks every answer against its schema: for tests, so that the documentation is true to the code. */
  readonly checkAnswers?: boolean;
}

/** The HTTP front of a management server: Brooklyn's REST API, the event stream and the status page. Not yet listening. */
export async function createApi(server: Server, options: ApiOptions = {}): Promise<Api> {
  const { plane } = server;
  const { tls, rulesOf = (properties) => rulesWith({ gate: { kind: "open" }, isLocalOnly: true }, properties) } = options;
  const overTls = tls === undefined ? { http: upgrades } : { serverFactory: (handler: RequestListener) => createServer({ minVersion: "TLSv1.2", ...tls, ...upgrades }, handler) };
  const api = fastify({ ...overTls, forceCloseConnections: true, frameworkErrors: answerBadRequest, routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true } }).withTypeProvider<ZodTypeProvider>();
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(options.checkAnswers === true ? serializerCompiler : () => (data) => JSON.stringify(data));
  const nodeId = plane.ids.taskId();
  const context: ApiContext = {
    server,
    plane,
    events: new EventHub(plane.events, { startedAt: plane.clock.now(), entity: plane.entity.bind(plane) }),
    lists: new EntityLists(plane.events, nodeId),
    nodeId,
    audit: new AuditLog(plane.documents, plane.clock),
    sessions: new Sessions(plane.clock, server.properties),
    rules: new AccessRules(rulesOf, server.properties),
    isShuttingDown: false,
    shutDown: options.shutDown,
  };
  answerFailures(api, context);
  auditChanges(api, context);
  finishReplies(api, context);
  endRefusedUpgrades(api);
  letOtherSitesIn(api, context.rules);
  refuseOtherSites(api, context.rules);
  requireSignIn(api, context.rules, plane.clock, context.sessions);
  requirePermission(api, context.rules);
  refuseUntilReady(api, context);
  readBodies(api);
  pageLists(api);
  answerIfChanged(api);
  await describeApi(api, server.version.version);
  // Compression costs more than it saves on terminals, and memory for each connection.
  await api.register(fastifyWebsocket, { options: { maxPayload: LARGEST_MESSAGE, perMessageDeflate: false } });
  await api.register((v1, _options, done) => {
    addResources(v1.withTypeProvider<ZodTypeProvider>(), context);
    done();
  }, { prefix: "/v1" });
  addPages(api);
  api.addHook("preClose", async () => {
    context.isShuttingDown = true;
  });
  const endAudit = auditPolicies(context.audit, plane.events);
  api.addHook("onClose", async () => {
    endAudit();
    context.events.close();
    context.lists.close();
  });
  return api;
}
