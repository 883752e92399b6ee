/** How a machine is reached over SSH. */
export interface SshOptions {
  host: string;
  /** 22 when absent. */
  port?: number;
  user: string;
  /** The private key. With neither key nor password the user's SSH agent (SSH_AUTH_SOCK) is asked. */
  privateKey?: () => Promise<Buffer | string>;
  /** The pass phrase of an encrypted key. */
  passphrase?: () => Promise<string>;
  password?: () => Promise<string>;
  /** The recorded fingerprint of the host key, `SHA256:...` as OpenSSH writes it; another key is refused. */
  hostKey?: string;
  /** Records the fingerprint on first contact, when no `hostKey` was given. The connection waits for it; it fails when this fails. */
  onHostKey: (fingerprint: string) => void | Promise<void>;
  /** Milliseconds for connecting, with all attempts; 30 s when absent. */
  connectTimeout?: number;
  /** Runs commands and writes files as root through `sudo -n`, for a user who isn't root. */
  sudo?: boolean;
  /** The address that other machines and users reach it by; `host` when absent. */
  address?: string;
  /** How a dead peer is noticed: a probe each `interval` milliseconds, given up after `misses` without an answer. 10 s and 3 when absent. */
  keepAlive?: { interval: number; misses: number };
}

export const DEFAULT_PORT = 22;
export const CONNECT_TIMEOUT = 30_000;
export const KEEP_ALIVE = { interval: 10_000, misses: 3 };

/** `root@10.0.0.7:22`. */
export function nameOfSsh(options: SshOptions): string {
  return `${options.user}@${options.host}:${options.port ?? DEFAULT_PORT}`;
}
