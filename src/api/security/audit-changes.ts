import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { AuditFacts } from "../../management/audit/audit-log.ts";
import { linesWithoutSecrets } from "../../management/secrets/suppressed.ts";
import type { JsonObject } from "../../model/spec.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { isReading } from "../http/reply-headers.ts";

/** Requests that change nothing although they are POST. */
const LOOKING = new Set(["/v1/logbook", "/v1/logout", "/v1/plan"]);

/**
 * Records every change that is asked for: when it begins, and how it ends. Register before what makes answers durable, so that the outcome is stored with
 * the change. Values are never recorded, for any may be a secret: the names of what is set, and a hash of plans.
 */
export function auditChanges(api: Api, { audit, plane }: ApiContext): void {
  const begun = new WeakMap<FastifyRequest, { number: number; facts: Omit<AuditFacts, "outcome"> }>();

  api.addHook("preHandler", async (request) => {
    if (!isChange(request)) return;
    const facts = factsOf(request, plane);
    begun.set(request, { number: audit.append({ ...facts, outcome: "initiated" }), facts });
  });

  api.addHook("onSend", async (request, reply, payload) => {
    const { statusCode } = reply;
    const known = begun.get(request);
    // Who has not signed in can't fill the log.
    if (known === undefined && (!isChange(request) || request.is404 || statusCode < 400 || statusCode === 401 || statusCode === 429)) return payload;
    begun.delete(request);
    const answer = typeof payload === "string" ? answerIn(payload) : {};
    const { number, facts } = known ?? { number: undefined, facts: factsOf(request, plane) };
    const of = number === undefined ? {} : { of: number };
    if (statusCode < 400) audit.append({ ...facts, ...of, ...taskIn(answer), outcome: "succeeded" });
    else audit.append({ ...facts, ...of, outcome: "failed", ...(typeof answer["message"] === "string" ? { message: linesWithoutSecrets(answer["message"]).slice(0, 500) } : {}) });
    return payload;
  });
}

function isChange(request: FastifyRequest): boolean {
  const { url } = request.routeOptions;
  return !isReading(request.method) && url !== undefined && !LOOKING.has(url);
}

function factsOf(request: FastifyRequest, plane: ApiContext["plane"]): Omit<AuditFacts, "outcome"> {
  const params: Readonly<Record<string, unknown>> = typeof request.params === "object" && request.params !== null ? { ...request.params } : {};
  const token = params["entity"] ?? params["application"];
  const entity = typeof token === "string" ? plane.entity(token) : undefined;
  const details = detailsOf(request.body);
  return {
    user: request.user ?? "anonymous",
    action: `${request.method} ${request.routeOptions.url ?? ""}`,
    path: request.url.split("?", 1)[0]?.slice(0, 500) ?? "",
    address: request.ip,
    ...(typeof token === "string" ? { entityId: entity?.id ?? token.slice(0, 200) } : {}),
    ...(entity === undefined ? {} : { entityName: entity.displayName }),
    ...(details === undefined ? {} : { details }),
  };
}

function detailsOf(body: unknown): JsonObject | undefined {
  if (typeof body === "string" || Buffer.isBuffer(body)) return { bytes: Buffer.byteLength(body), sha256: createHash("sha256").update(body).digest("hex") };
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  return { names: Object.keys(body).slice(0, 50) };
}

/** An answer's `message`, or the task that it tells of: both are in its first level. */
function answerIn(payload: string): Readonly<Record<string, unknown>> {
  if (!payload.startsWith("{") || payload.length > 1_000_000) return {};
  const value: unknown = JSON.parse(payload);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function taskIn(answer: Readonly<Record<string, unknown>>): { taskId?: string } {
  return typeof answer["id"] === "string" && "submitTimeUtc" in answer ? { taskId: answer["id"] } : {};
}
