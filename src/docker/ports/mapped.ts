import type { PublishedPorts } from "./port-allocator.ts";
import { defaultPortOf, splitUrl } from "./url-parts.ts";

/** Where a container's published ports are reached. */
export interface MappedAddress {
  /** The host's address, as other machines and users reach it. */
  readonly host: string;
  readonly ports: PublishedPorts;
  /** Addresses and names of the container itself. When given, URLs that point elsewhere stay as they are. */
  readonly own?: readonly string[] | undefined;
}

/** The sensor that carries a sensor's value as seen from outside (Clocker, 6): `http.port` → `mapped.http.port`. */
export function mappedName(sensor: string): string {
  return `mapped.${sensor}`;
}

/** A port sensor's name for its address: `http.port` → `http.endpoint`. */
export function endpointName(sensor: string): string {
  return sensor
    .split(".")
    .map((part) => (part === "port" ? "endpoint" : part))
    .join(".");
}

/** The value of a `mapped.` sensor: `host:port` of a port, the URL as seen from outside of a URL; undefined for any other sensor or value. */
export function mappedValue(sensor: { name: string; typeName: string; value: unknown }, address: MappedAddress): string | undefined {
  const { name, typeName, value } = sensor;
  if (isMappablePortSensor(name, typeName)) {
    const port = typeof value === "string" ? Number(value) : value;
    return typeof port === "number" ? mappedPort(port, address) : undefined;
  }
  if (!isMappableUrlSensor(name, typeName)) return undefined;
  if (value instanceof URL) return mappedUrl(value.href, address);
  return typeof value === "string" ? mappedUrl(value, address) : undefined;
}

/** `10.0.0.7:49153`, `[2001:db8::7]:49153`; undefined when the port isn't published. */
export function mappedPort(containerPort: number, address: MappedAddress): string | undefined {
  const hostPort = publishedAt(containerPort, address.ports);
  return hostPort === undefined ? undefined : `${bracketed(address.host)}:${hostPort}`;
}

/**
 * The URL with host and port replaced by those under which the port is published; user, path, query and fragment stay as they are
 * written. Unchanged when the port, or the scheme's default port, isn't published, or it is no URL with a host.
 */
export function mappedUrl(url: string, address: MappedAddress): string {
  const parts = splitUrl(url);
  if (parts === undefined) return url;
  const port = parts.port ?? defaultPortOf(parts.scheme);
  const isOwn = address.own?.some((name) => name.toLowerCase() === parts.host.toLowerCase()) ?? true;
  const hostPort = isOwn && port !== undefined ? publishedAt(port, address.ports) : undefined;
  const authority = hostPort === undefined ? parts.authority : `${bracketed(address.host)}:${hostPort}`;
  // A JMX URL over RMI names the server once more in its path, with the registry's port.
  const rest = parts.rest.startsWith("/jndi/") ? `/jndi/${mappedUrl(parts.rest.slice("/jndi/".length), address)}` : parts.rest;
  return `${parts.scheme}://${parts.user}${authority}${rest}`;
}

/** Whether a sensor is mapped as a port: a number whose name ends in a word `port`, `docker.port.8080` among them. */
export function isMappablePortSensor(name: string, typeName: string): boolean {
  if (isMapped(name) || !/(?:^|[.])(?:int|integer|long|short|port|portrange)$/i.test(typeName)) return false;
  return /(?:^|\.)(?:shutdown)?port$|[a-z\d]Port$|^docker\.port\.\d+$/.test(name);
}

/**
 * Whether a sensor is mapped as a URL (Clocker 0.8.2 and 1.1): its name ends in `.url` or its type is URI, or it is one of the first
 * release's list; but never where the software is downloaded from, and never the mapped sensors themselves.
 */
export function isMappableUrlSensor(name: string, typeName: string): boolean {
  if (isMapped(name) || notOfTheContainer.test(name)) return false;
  return name.endsWith(".url") || name === "couchbase.webAdminUrl" || /(?:^|[.])ur[il]$/i.test(typeName);
}

/** URLs of something else than the container's ports; the Couchbase one lists a cluster's members. */
const notOfTheContainer = /(?:^|\.)(?:download|archive|script|dockerfile|template)\.url$|^couchbase\.cluster\.connection\.url$/;

function isMapped(name: string): boolean {
  return name.startsWith("mapped.") || name.includes(".mapped.");
}

function publishedAt(port: number, ports: PublishedPorts): number | undefined {
  return ports[`${port}/tcp`] ?? ports[`${port}`] ?? ports[`${port}/udp`];
}

function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
