import { homedir, userInfo } from "node:os";
import path from "node:path";
import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { show } from "../../model/value-type.ts";
import { expandBraces } from "./brace-expansion.ts";

/** A host that was given, and how to log in to it. */
export interface ByonHost {
  /** Where users reach it. */
  address: string;
  /** Where its neighbours reach it. */
  subnetAddress: string;
  /** Where SSH reaches it: elsewhere when `tcpPortMappings` forwards port 22. */
  sshHost: string;
  sshPort: number;
  user: string;
  password?: string;
  privateKeyFile?: string;
  /** The key itself, to be kept in a file of the data directory. */
  privateKeyData?: string;
  passphrase?: string;
  /** `SHA256:...`; trusted on first use when absent. */
  hostKey?: string;
  /** Whether commands run as root through sudo; so for every user but root, unless switched off. */
  sudo: boolean;
}

const DEFAULT_PORT = 22;
const HOST = /^(?:(?<user>[^@\s]+)@)?(?:(?<host>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)|\[(?<ipv6>[0-9a-fA-F:]+)\])(?::(?<port>\d{1,5}))?$/;

const text = z.union([z.string(), z.number()]).transform(String);
const port = z.coerce.number().int().min(1).max(65_535);
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")]);

/** How to log in: at the location for all hosts, and in a host's map for that one. */
const login = z.object({
  user: text.optional(),
  password: text.optional(),
  privateKeyFile: text.optional(),
  privateKeyData: text.optional(),
  privateKeyPassphrase: text.optional(),
  port: port.optional(),
  hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "a fingerprint such as SHA256:...").optional(),
  sudo: flag.optional(),
  osFamily: text.optional(),
});

const hostMap = login.extend({
  ssh: text.optional(),
  winrm: text.optional(),
  privateAddresses: z.union([z.array(text), text.transform((value) => value.split(/\s*,\s*/))]).optional(),
  tcpPortMappings: z.record(z.string(), z.string()).optional(),
});

type Login = z.output<typeof login>;
type HostMap = z.output<typeof hostMap>;

/**
 * The hosts of a `byon` location's config, as Brooklyn reads it: `hosts` is a text with numeric brace globs, or a list of such texts and of maps with one of
 * `ssh` or `winrm`; what is said of the location holds for hosts that don't say it themselves. A host may be listed more than once.
 * @throws ClockerError `invalid-value`.
 */
export function byonHosts(properties: Readonly<Record<string, unknown>>): ByonHost[] {
  const defaults = parse(login, defined(properties), "location byon");
  const { hosts } = properties;
  const entries: unknown[] = hosts === undefined || hosts === null ? [] : Array.isArray(hosts) ? hosts : [hosts];
  const found = entries.flatMap((entry) => (typeof entry === "object" && entry !== null ? [hostOfMap(entry, defaults)] : hostsOfText(entry, defaults)));
  if (found.length === 0) throw invalid("Cannot use location byon: at least one host must be defined", 'Give hosts, for instance byon(hosts="10.0.0.1,10.0.0.2")');
  return found;
}

/** The name by which a host is known: `host:port`. */
export function nameOfHost({ sshHost, sshPort }: ByonHost): string {
  return `${sshHost}:${sshPort}`;
}

function hostsOfText(entry: unknown, defaults: Login): ByonHost[] {
  if (typeof entry !== "string") throw invalid(`Invalid host ${show(entry)}: expected text or a map`);
  return expand(entry).map((name) => byonHost(addressOf(name, entry), {}, defaults));
}

function expand(entry: string): string[] {
  try {
    return expandBraces(entry);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(`Invalid hosts ${show(entry)}: ${error.message}`);
    throw error;
  }
}

function hostOfMap(entry: object, defaults: Login): ByonHost {
  const map = parse(hostMap, defined(entry), "a host of location byon");
  if ((map.ssh === undefined) === (map.winrm === undefined)) {
    throw invalid(`Cannot use a host of location byon: must specify exactly one of "ssh" or "winrm", has the keys ${show(Object.keys(entry))}`);
  }
  if (map.ssh === undefined || /^windows$/i.test(map.osFamily ?? "")) throw invalid(`Cannot use host ${show(map.winrm ?? map.ssh)}: Windows machines are not supported`);
  return byonHost(addressOf(map.ssh, map.ssh), map, defaults);
}

function byonHost(given: Address, map: Partial<HostMap>, defaults: Login): ByonHost {
  const both = { ...defined(defaults), ...defined(map), ...defined(given) };
  const mapped = mappedSsh(map.tcpPortMappings);
  const user = both.user ?? userInfo().username;
  // A host's own key or password takes the place of the location's, whatever kind that is.
  const credentials = map.password !== undefined || map.privateKeyFile !== undefined || map.privateKeyData !== undefined ? map : defaults;
  const { password, privateKeyFile, privateKeyData, privateKeyPassphrase: passphrase } = credentials;
  return {
    address: given.host,
    subnetAddress: map.privateAddresses?.[0] ?? given.host,
    sshHost: mapped?.host ?? given.host,
    sshPort: mapped?.port ?? both.port ?? DEFAULT_PORT,
    user,
    sudo: user !== "root" && (both.sudo ?? true),
    ...defined({ password, privateKeyData, passphrase, hostKey: both.hostKey, privateKeyFile: privateKeyFile === undefined ? undefined : inHome(privateKeyFile) }),
  };
}

interface Address {
  host: string;
  user?: string;
  port?: number;
}

function addressOf(name: string, specifiedIn: string): Address {
  const groups = HOST.exec(name.trim())?.groups;
  const host = groups?.["host"] ?? groups?.["ipv6"];
  const number = groups?.["port"] === undefined ? undefined : Number(groups["port"]);
  if (host === undefined || (number !== undefined && !port.safeParse(number).success)) throw invalid(`Invalid host '${name}' specified in '${specifiedIn}'`);
  return { host, ...defined({ user: groups?.["user"], port: number }) };
}

/** Where port 22 of a host is reached from here: `tcpPortMappings: {22: "1.2.3.4:2222"}`. */
function mappedSsh(mappings: Readonly<Record<string, string>> | undefined): { host: string; port: number | undefined } | undefined {
  const target = mappings?.[String(DEFAULT_PORT)];
  if (target === undefined) return undefined;
  const { host, port: number } = addressOf(target, target);
  return { host, port: number };
}

function inHome(file: string): string {
  return file.startsWith("~/") ? path.join(homedir(), file.slice(2)) : file;
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as { [K in keyof T]?: NonNullable<T[K]> };
}

/** Never shows a value: it may be a password. */
function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalid(`Cannot use ${what}: "${issue?.path.join(".") ?? ""}" is not valid: ${issue?.message ?? "unknown"}`);
}

function invalid(message: string, remedy?: string): ClockerError {
  return new ClockerError("invalid-value", message, remedy === undefined ? {} : { remedy });
}
