import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ConnectConfig } from "ssh2";
import { abortError } from "../../engine/abort.ts";
import { ClockerError } from "../../model/errors.ts";
import { connectFailure, isLasting } from "./connect-failure.ts";
import type { HostKey } from "./host-key.ts";
import { CONNECT_TIMEOUT, DEFAULT_PORT, KEEP_ALIVE, nameOfSsh, type SshOptions } from "./ssh-options.ts";

/** Tries to connect; a machine that has just booted may refuse the first one. */
const ATTEMPTS = 3;
const PAUSE = 250;

/**
 * Connects to an SSH server: a few attempts within the connect timeout. Refused keys and wrong host keys are final.
 * @throws unreachable, host-key-mismatch, cancelled
 */
export async function connectSsh(options: SshOptions, hostKey: HostKey, signal: AbortSignal): Promise<Client> {
  const timeout = options.connectTimeout ?? CONNECT_TIMEOUT;
  const deadline = Date.now() + timeout;
  const config = await configOf(options);
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectOnce({ ...config, readyTimeout: Math.max(1, deadline - Date.now()) }, options, hostKey, signal);
    } catch (error) {
      const stop = attempt === ATTEMPTS || signal.aborted || isLasting(error) || Date.now() + PAUSE >= deadline;
      if (stop) throw connectFailure(error, options, timeout);
      await sleep(PAUSE);
    }
  }
}

async function configOf(options: SshOptions): Promise<ConnectConfig> {
  const { interval, misses } = options.keepAlive ?? KEEP_ALIVE;
  const config: ConnectConfig = {
    host: options.host,
    port: options.port ?? DEFAULT_PORT,
    username: options.user,
    keepaliveInterval: interval,
    keepaliveCountMax: misses,
    // Stream-local forwarding is tried with every server; one that can't refuses it.
    strictVendor: false,
  };
  try {
    if (options.privateKey) config.privateKey = await options.privateKey();
    if (options.passphrase) config.passphrase = await options.passphrase();
    if (options.password) config.password = await options.password();
  } catch (error) {
    throw new ClockerError("unreachable", `Cannot connect to ${nameOfSsh(options)}: its key or password cannot be read`, { cause: error });
  }
  config.tryKeyboard = config.password !== undefined;
  const agent = process.env["SSH_AUTH_SOCK"];
  if (!options.privateKey && !options.password && agent) config.agent = agent;
  return config;
}

function connectOnce(config: ConnectConfig, options: SshOptions, hostKey: HostKey, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  let refused: unknown;
  return new Promise<Client>((resolve, reject) => {
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      client.removeListener("ready", onReady);
      reject(refused ?? error);
      client.destroy();
    };
    const onAbort = (): void => fail(abortError(signal, `connect to ${nameOfSsh(options)}`));
    const onReady = (): void => {
      signal.removeEventListener("abort", onAbort);
      // Many small messages of many channels: each would wait for the answer to the one before.
      client.setNoDelay(true);
      resolve(client);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    client.once("ready", onReady);
    // Stays for the connection's whole life: an "error" without a listener would end the process. The connection's owner hears "close".
    client.on("error", fail);
    client.once("close", () => fail(new Error("the server closed the connection")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => config.password ?? "")));
    const hostVerifier = (key: Buffer, verify: (valid: boolean) => void): void => {
      hostKey.check(key).then(
        () => verify(true),
        (error: unknown) => {
          refused = error;
          verify(false);
        },
      );
    };
    if (signal.aborted) return onAbort();
    try {
      client.connect({ ...config, hostVerifier });
    } catch (error) {
      fail(new ClockerError("unreachable", `Cannot connect to ${nameOfSsh(options)}: its private key cannot be used`, { cause: error }));
    }
  });
}
