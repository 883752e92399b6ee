import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { linesWithoutSecrets } from "../../management/secrets/suppressed.ts";
import { ClockerError, messageOf, remedyOf } from "../../model/errors.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Api, ApiContext } from "../api-context.ts";
import type { Permission } from "../security/permissions.ts";
import type { ApiError } from "../shapes/api-error.ts";

/** Answers every failure as Brooklyn's clients expect: `{message, error, details?, data?}` with the status of the reference, 1.2. */
export function answerFailures(api: Api, context: ApiContext): void {
  api.setErrorHandler((error, request, reply) => answer(context, error, request, reply));
  const methodsAt = knownMethods(api);
  api.setNotFoundHandler((request, reply) => {
    const [path = ""] = request.url.split("?", 1);
    const methods = methodsAt(path);
    if (methods.length === 0) return reply.code(404).send({ message: `There is nothing at ${request.method} ${path}`, error: 404 } satisfies ApiError);
    void reply.header("allow", [...methods, "OPTIONS"].join(", "));
    if (request.method === "OPTIONS") return reply.code(200).send();
    return reply.code(405).send({ message: `Cannot ${request.method} ${path}: it takes only ${methods.join(", ")}`, error: 405 } satisfies ApiError);
  });
}

/** The methods that a path takes, of all routes that are added from now on. */
function knownMethods(api: Api): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  api.addHook("onRoute", ({ url, method }) => {
    const segments = url.split("/").map((segment) => (segment.startsWith(":") ? "[^/]+" : RegExp.escape(segment)));
    routes.push({ pattern: new RegExp(`^${segments.join("/")}/?$`), methods: [method].flat() });
  });
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}

/** Answers what is no request that a route could get: an address that does not decode. */
export function answerBadRequest(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400;
  void reply.code(status).type("application/json").send({ message: error.message, error: status } satisfies ApiError);
}

function answer({ plane, server, rules }: ApiContext, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOf(error);
  if (failure.error < 500 || isExplained(error)) {
    plane.log.debug({ method: request.method, url: request.url, status: failure.error }, failure.message);
    return reply.code(failure.error).type("application/json").send(failure);
  }
  const reference = `${plane.ids.entityId()}${plane.ids.entityId()}`.slice(0, 13);
  plane.log.error({ method: request.method, url: request.url, reference, error }, "A request failed");
  const shown = stackTraceAudience[server.properties.get("org.apache.brooklyn.server.returnStackTraces")?.trim().toLowerCase() ?? "none"];
  const details = shown !== undefined && rules.entitled(request.caller, shown) && error instanceof Error ? plane.knownSecrets.scrub(linesWithoutSecrets(error.stack ?? error.message)) : "The server's log has the cause under this reference";
  return reply.code(500).type("application/json").send({ message: `Internal error (Reference: ${reference})`, error: 500, details } satisfies ApiError);
}

/** What a caller must be allowed to see stack traces, by the property's value. Unlike in Brooklyn nobody sees any unless the property says so. */
const stackTraceAudience: Readonly<Record<string, Permission>> = { true: "any", all: "any", power: "server.admin", root: "script.execute" };

/** Whether the message is made for users; anything else may tell what is nobody's business. */
function isExplained(error: unknown): boolean {
  return error instanceof ClockerError && error.code !== "internal";
}

/** What a failure tells the client: reason and remedy for people in `message`, the same apart and machine-readable in `data`. */
export function failureOf(error: unknown): ApiError {
  if (error instanceof ClockerError) {
    const reason = messageOf(error);
    const remedy = remedyOf(error);
    return { message: remedy === undefined ? reason : `${reason}. ${remedy}`, error: error.status, data: { ...error.details, code: error.code, reason, remedy } };
  }
  if (error instanceof CoercionError) return { message: error.message, error: 400, data: { code: "invalid-value", reason: error.message } };
  if (isFastifyError(error)) {
    const status = error.statusCode ?? 500;
    const message = error.validation === undefined ? error.message : `Invalid request: ${error.message}`;
    return { message, error: status, data: { code: status < 500 ? "invalid-request" : "internal", reason: message } };
  }
  return { message: "Internal error", error: 500 };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ("validation" in error || ("statusCode" in error && typeof error.statusCode === "number"));
}
