import type { FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { z } from "zod";
import { machineLocationOf } from "../../docker/machine-of.ts";
import type { AuditFacts } from "../../management/audit/audit-log.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { MachineLocation } from "../../provider/location.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { serveExec } from "../exec/exec-connection.ts";
import { failureOf } from "../http/failures.ts";
import { findEntity } from "../http/find.ts";
import { failures } from "../shapes/api-error.ts";
import { pathOf } from "../shapes/found.ts";

/** Commands at the same time; more are refused. */
const MOST = 100;

const description = [
  "A WebSocket. The client's first message is text: {argv, env, cwd, terminal: {columns, rows}}; the command starts then. Binary messages are the client's standard input, and the",
  "server's output, whose first byte is 1 for standard output and 2 for standard error. Text messages: the client's {resize: {columns, rows}} and {endOfInput: true}, the server's last one",
  "{exitCode} or {error}. When the client goes away, the command and all that it started are ended. Recorded in the audit log, without arguments.",
].join("\n");

/** Commands in containers and on machines. */
export function addExec(api: Api, context: ApiContext): void {
  const { plane } = context;
  let running = 0;
  api.route({
    method: "GET",
    url: "/applications/:application/entities/:entity/exec",
    schema: { tags: ["applications"], summary: "Run a command in an entity's container or on its machine", description, params: z.object({ application: z.string(), entity: z.string() }), response: { 200: z.string(), ...failures } },
    handler: async () => {
      throw new ClockerError("invalid-request", "Commands are run over a WebSocket", { remedy: "Use clocker exec" });
    },
    wsHandler: (socket: WebSocket, request: FastifyRequest) => {
      const params = z.object({ application: z.string(), entity: z.string() }).parse(request.params);
      try {
        if (running >= MOST) throw new ClockerError("forbidden", `Cannot run another command: ${running} run`);
        const entity = findEntity(plane, params.application, params.entity);
        const { machine } = machineFor(entity);
        running++;
        socket.once("close", () => running--);
        const record = recorder(context, request, entity);
        serveExec(socket, machine, plane.clock, record);
      } catch (error) {
        socket.send(JSON.stringify({ error: failureOf(error) }), () => socket.close(1000));
      }
    },
  });
}

/**
 * The machine that commands for an entity run on: its own, or the only one below it.
 * @throws ClockerError `conflict` with the candidates where there are several, or none.
 */
function machineFor(entity: Entity): MachineLocation {
  const own = machineLocationOf(entity);
  if (own !== undefined) return own;
  const below = new Map<string, { location: MachineLocation; entity: Entity }>();
  for (const each of entity.descendants()) {
    const location = machineLocationOf(each);
    if (location !== undefined && !below.has(location.id)) below.set(location.id, { location, entity: each });
  }
  const [first, ...others] = below.values();
  if (first !== undefined && others.length === 0) return first.location;
  if (first === undefined) throw new ClockerError("conflict", `Cannot run a command in "${entity.displayName}": neither it nor anything below it has a machine`, { remedy: "Start it first" });
  const names = [...below.values()].slice(0, 8).map((each) => pathOf(each.entity));
  throw new ClockerError("conflict", `Cannot run a command in "${entity.displayName}": ${below.size} below it have a machine`, { remedy: `Name one of ${names.join(", ")}`, details: { candidates: names } });
}

/** Commands are in the audit log before they run, and their ends; of what is run only the program's name, for any argument may be a secret. */
function recorder({ audit, plane }: ApiContext, request: FastifyRequest, entity: Entity): Parameters<typeof serveExec>[3] {
  const facts: Omit<AuditFacts, "outcome"> = {
    user: request.user ?? "anonymous",
    action: "GET /v1/applications/:application/entities/:entity/exec",
    path: request.url.split("?", 1)[0]?.slice(0, 500) ?? "",
    address: request.ip,
    entityId: entity.id,
    entityName: entity.displayName,
  };
  let begun: number | undefined;
  return {
    starting: async ({ argv, terminal }) => {
      begun = audit.append({ ...facts, outcome: "initiated", details: { program: (argv[0] ?? "").slice(0, 200), arguments: argv.length - 1, terminal: terminal !== undefined } });
      await plane.documents.flush();
    },
    ended: (end) => {
      const of = begun === undefined ? {} : { of: begun };
      if (end === "gone") audit.append({ ...facts, ...of, outcome: "failed", message: "The client went away" });
      else if ("error" in end) audit.append({ ...facts, ...of, outcome: "failed", message: end.error.message.slice(0, 500) });
      else audit.append({ ...facts, ...of, outcome: "succeeded", details: { exitCode: end.exitCode } });
    },
  };
}
