import type { Properties } from "../management/properties/properties.ts";
import type { Server } from "../management/server.ts";
import { ClockerError } from "../model/errors.ts";
import { createApi, type ApiOptions } from "./api.ts";
import type { Api } from "./api-context.ts";
import { type Rules, type RulesOf, rulesWith } from "./security/access-rules.ts";
import { isThisComputer } from "./security/this-computer.ts";
import { gateOf } from "./security/users.ts";

export interface StartOptions extends Omit<ApiOptions, "rulesOf"> {
  readonly server: Server;
  /** The address to listen on: `127.0.0.1` unless given. */
  readonly bind?: string | undefined;
  /** `first`: the first to try. With `orNext` the ones after it are tried while they are taken. */
  readonly port: { readonly first: number; readonly orNext: boolean };
}

export interface RunningApi {
  /** `http://127.0.0.1:8081/`. */
  readonly url: string;
  readonly port: number;
  /** Whether name and password are asked for. */
  readonly isSecured: boolean;
  /** Stops listening and ends all connections, event streams first. */
  close(): Promise<void>;
}

const PORTS_TRIED = 100;

/**
 * Serves the API. Only this computer can connect unless users are configured.
 * @throws ClockerError `forbidden` for another address without users; `conflict` when the port is taken.
 */
export async function startApi(options: StartOptions): Promise<RunningApi> {
  const { server, bind = "127.0.0.1", port, ...rest } = options;
  const scheme = options.tls === undefined ? "http" : "https";
  let isSecured = false;
  const rulesOf: RulesOf = (properties) => {
    const rules = rulesFor(bind, server, properties);
    isSecured = rules.gate.kind === "users";
    return rules;
  };
  const api = await createApi(server, { ...rest, rulesOf });
  try {
    const listening = await listen(api, bind, port);
    return { url: urlOf(scheme, bind, listening), port: listening, isSecured, close: () => api.close() };
  } catch (error) {
    await api.close();
    throw error;
  }
}

function rulesFor(bind: string, { log, plane }: Server, properties: Properties): Rules {
  const security = properties.console();
  if (!isThisComputer(bind) && !security.configured) {
    throw new ClockerError("forbidden", `Cannot listen on "${bind}": no users are configured, so that anybody could use the server`, {
      remedy: "Set brooklyn.webconsole.security.users and their passwords in the properties file, or leave --bind out",
    });
  }
  const announce = (password: string) => log.warn({}, `Sign in as brooklyn with ${password}: made for this start, as the properties ask for it`);
  const gate = gateOf(security, { announce, log, clock: plane.clock });
  return rulesWith({ gate, isLocalOnly: gate.kind === "open" && isThisComputer(bind) }, properties);
}

async function listen(api: Api, host: string, { first, orNext }: StartOptions["port"]): Promise<number> {
  const last = orNext && first !== 0 ? Math.min(65_535, first + PORTS_TRIED - 1) : first;
  for (let port = first; ; port++) {
    try {
      await api.listen({ host, port });
      const address = api.server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EADDRINUSE" && port < last) continue;
      throw listenFailure(error, code, { host, first, last });
    }
  }
}

function listenFailure(cause: unknown, code: unknown, { host, first, last }: { host: string; first: number; last: number }): unknown {
  const ports = first === last ? `port ${first}` : `ports ${first} to ${last}`;
  if (code === "EADDRINUSE") return new ClockerError("conflict", `Cannot listen on ${host}: ${ports} ${first === last ? "is" : "are"} taken`, { remedy: "Choose another with --port, or stop the program that uses it" });
  if (code === "EACCES") return new ClockerError("forbidden", `Cannot listen on ${host}: ${ports} may not be used by this user`, { remedy: "Choose a port above 1023 with --port" });
  if (code === "EADDRNOTAVAIL") return new ClockerError("invalid-value", `Cannot listen on "${host}": it is not an address of this computer`, { remedy: "Choose another with --bind" });
  return cause;
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function urlOf(scheme: string, host: string, port: number): string {
  const name = isWildcard(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `${scheme}://${name}:${port}/`;
}
