import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { sensor } from "../../model/sensor.ts";
import { PortRange, types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import type { Machine } from "../../machine/machine.ts";
import { isMachineLocation, type MachineLocation } from "../../provider/location.ts";
import { INBOUND_PORTS_AUTO_INFER, INBOUND_PORTS_REGEX } from "./keys.ts";
import { PortClaims } from "./port-claims.ts";

/** The ports that an entity wants, before it has a machine. */
export interface PortPlan {
  /** By key name: what is asked for, and the first choice, which no other key of the entity has. */
  readonly wanted: ReadonlyMap<string, { readonly range: PortRange; readonly first: number }>;
  /** Ports that others must reach: first choices of keys whose names match `inboundPorts.configRegex`. */
  readonly inbound: readonly number[];
}

/** Reads the port keys of an entity (Brooklyn's `PortAttributeSensorAndConfigKey` and `InboundPortsUtils`). */
export async function planPorts(entity: Entity, work: Work): Promise<PortPlan> {
  const wanted = new Map<string, { range: PortRange; first: number }>();
  const taken = new Set<number>();
  for (const key of entity.config.keys().filter(isPortKey)) {
    const range = await entity.config.get(key, work);
    if (range === undefined) continue;
    const first = candidateBut(range, (port) => taken.has(port)) ?? range.first;
    taken.add(first);
    wanted.set(key.name, { range, first });
  }
  return { wanted, inbound: await inboundPorts(entity, wanted, work) };
}

/**
 * Takes a port for every port key and publishes it as the sensor of the key's name. Where the machine maps the port to the outside (a
 * container: it was published before the container was made) the first choice is taken; elsewhere the port must be free on the machine and not
 * claimed by another entity there.
 * @throws ClockerError `no-port` naming the key and the range
 */
export async function takePorts(entity: Entity, location: MachineLocation, plan: PortPlan, work: Work): Promise<void> {
  const open = [...plan.wanted].filter(([name]) => entity.sensorValue(name) === undefined);
  if (open.length === 0) return;
  const claims = PortClaims.of(entity.management);
  const isMapped = (port: number): boolean => location.mappedPort(port) !== undefined;
  const busy = open.every(([, { first }]) => isMapped(first)) ? new Set<number>() : await portsInUse(location.machine, work);
  for (const [name, { range, first }] of open) {
    const port = isMapped(first) && claims.claim(location, first, entity) ? first : candidateBut(range, (each) => busy.has(each) || !claims.claim(location, each, entity));
    if (port === undefined) throw noPort(entity, location, name, range);
    busy.add(port);
    entity.set(portSensor(name), port);
    work.log(`${name} is ${port}`);
  }
}

/** Claims the ports that an entity has, again, after a restart of the server. */
export function reclaimPorts(entity: Entity, location: MachineLocation): void {
  const claims = PortClaims.of(entity.management);
  for (const key of entity.config.keys().filter(isPortKey)) {
    const port = entity.sensorValue(key.name)?.value;
    if (typeof port === "number") claims.claim(location, port, entity);
  }
}

/** Gives the ports back and clears their sensors. */
export function freePorts(entity: Entity, location: MachineLocation): void {
  PortClaims.of(entity.management).release(location, entity);
  for (const key of entity.config.keys().filter(isPortKey)) entity.set(portSensor(key.name), undefined);
}

/** Gives the ports back of an entity that leaves management with its machine. */
export function forgetPorts(entity: Entity): void {
  const location = entity.locations.find((each) => isMachineLocation(each));
  if (location !== undefined) PortClaims.of(entity.management).release(location, entity);
}

function isPortKey(key: ConfigKey): key is ConfigKey<PortRange> {
  return key.type.name === types.portRange.name;
}

function portSensor(name: string): ReturnType<typeof sensor<number>> {
  return sensor(name, types.integer, "");
}

function candidateBut(range: PortRange, isTaken: (port: number) => boolean): number | undefined {
  for (const port of range.candidates()) if (!isTaken(port)) return port;
  return undefined;
}

async function inboundPorts(entity: Entity, wanted: PortPlan["wanted"], work: Work): Promise<number[]> {
  if (!(await entity.config.get(INBOUND_PORTS_AUTO_INFER, work))) return [];
  const isInbound = inboundNames(await entity.config.get(INBOUND_PORTS_REGEX, work));
  const ports = [...wanted].filter(([name]) => isInbound(name)).map(([, { first }]) => first);
  for (const name of new Set([...entity.config.keys().map((key) => key.name), ...entity.config.own().keys()])) {
    if (wanted.has(name) || !isInbound(name)) continue;
    const key = entity.config.key(name) ?? { ...plainKey, name };
    const port = portOf(await entity.config.get(key, work));
    if (port !== undefined) ports.push(port);
  }
  return [...new Set(ports)];
}

function inboundNames(regex: string): (name: string) => boolean {
  try {
    const pattern = new RegExp(`^(?:${regex})$`);
    return (name) => pattern.test(name);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot read config "${INBOUND_PORTS_REGEX.name}": ${JSON.stringify(regex)} is not a regular expression`, { cause: error });
  }
}

/** For config that nobody declared: any value. */
const plainKey: ConfigKey = { name: "", type: types.json, description: "", defaultValue: undefined, aliases: [], inherited: false, merge: "overwrite", label: undefined, pinned: false, reconfigurable: false, constraints: [], secret: false };

function portOf(value: unknown): number | undefined {
  if (value instanceof PortRange) return value.first;
  const number = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 && number <= 65_535 ? number : undefined;
}

/** Local ports of all TCP sockets but those that only wait for their end: read from the kernel, so that no tool is needed. */
async function portsInUse(machine: Machine, work: Work): Promise<Set<number>> {
  const { stdout } = await machine.run({ script: "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null" }, { signal: work.signal, timeout: PROBE_TIMEOUT });
  const ports = new Set<number>();
  for (const line of stdout.split("\n")) {
    const [, port, state] = /^\s*\d+:\s+[0-9A-F]+:([0-9A-F]{4})\s+[0-9A-F]+:[0-9A-F]{4}\s+([0-9A-F]{2})\s/.exec(line) ?? [];
    if (port !== undefined && state !== TIME_WAIT) ports.add(Number.parseInt(port, 16));
  }
  return ports;
}

const PROBE_TIMEOUT = 30_000;
const TIME_WAIT = "06";

function noPort(entity: Entity, location: MachineLocation, name: string, range: PortRange): ClockerError {
  return new ClockerError("no-port", `Cannot start "${entity.displayName}" on "${location.machine.name}": no port of "${range.toString()}" is free for "${name}"`, {
    remedy: `Free one of these ports, or give "${name}" a wider range such as ${range.first}+`,
    details: { entity: entity.id, key: name, range: range.toString(), machine: location.machine.name },
  });
}
