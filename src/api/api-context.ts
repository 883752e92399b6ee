import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { AuditLog } from "../management/audit/audit-log.ts";
import type { Plane } from "../management/plane.ts";
import type { Server } from "../management/server.ts";
import type { EventHub } from "./events/event-hub.ts";
import type { EntityLists } from "./lists/entity-lists.ts";
import type { AccessRules } from "./security/access-rules.ts";
import type { Sessions } from "./security/sessions.ts";

/** The HTTP server, with routes typed by their zod schemas. */
export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What the routes work with. */
export interface ApiContext {
  readonly server: Server;
  readonly plane: Plane;
  readonly events: EventHub;
  readonly lists: EntityLists;
  /** This server's id: new at each start, as in Brooklyn. */
  readonly nodeId: string;
  readonly sessions: Sessions;
  /** Who may come in, and what they may do. */
  readonly rules: AccessRules;
  readonly audit: AuditLog;
  /** True from the moment the HTTP server begins to close. */
  isShuttingDown: boolean;
  /** Ends the process after an answer is sent; absent where the API doesn't own the process. */
  readonly shutDown: ((reason: string) => void) | undefined;
}
