import { ClockerError, messageOf } from "../../model/errors.ts";
import { DEFAULT_PORT, nameOfSsh, type SshOptions } from "./ssh-options.ts";

/** Whether another attempt would end the same way: a ClockerError (wrong host key, unusable key, cancelled) or a refused login. */
export function isLasting(error: unknown): boolean {
  return error instanceof ClockerError || levelOf(error) === "client-authentication";
}

/** Why a machine can't be reached, for people: who, where, the reason and what to do. */
export function connectFailure(error: unknown, options: SshOptions, timeout: number): ClockerError {
  if (error instanceof ClockerError) return error;
  const { host, user } = options;
  const port = options.port ?? DEFAULT_PORT;
  const { reason, remedy } = explain(error, options, timeout);
  return new ClockerError("unreachable", `Cannot connect to ${nameOfSsh(options)} over SSH: ${reason}`, { cause: error, remedy, details: { host, port, user } });
}

function explain(error: unknown, { host, user, ...options }: SshOptions, timeout: number): { reason: string; remedy: string } {
  const port = options.port ?? DEFAULT_PORT;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (levelOf(error) === "client-authentication" && !options.privateKey && !options.password && !process.env["SSH_AUTH_SOCK"]) {
    return { reason: "there is no key, no password and no SSH agent to log in with", remedy: "Give a private key or a password, or start an SSH agent" };
  }
  if (levelOf(error) === "client-authentication") {
    return { reason: "the server refused the login", remedy: `Check that user "${user}" exists on ${host} and that it accepts the key or password given` };
  }
  if (levelOf(error) === "client-timeout" || code === "ETIMEDOUT") {
    return { reason: `no answer within ${timeout / 1000} s`, remedy: `Check that ${host} is up and that firewalls let this computer through to port ${port}` };
  }
  if (code === "ECONNREFUSED") {
    return { reason: "connection refused", remedy: `Check that an SSH server listens on port ${port} of ${host}` };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { reason: `the name "${host}" is not known`, remedy: "Check the host's name, or give its IP address" };
  }
  return { reason: messageOf(error), remedy: `Check that ${host} is up and that an SSH server listens on port ${port}` };
}

/** Where ssh2 says an error comes from. */
function levelOf(error: unknown): string {
  return error instanceof Error && "level" in error ? String(error.level) : "";
}
