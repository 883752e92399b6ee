import type { Settings } from "../model/adjunct-settings.ts";
import type { AdjunctType } from "../model/adjunct.ts";
import { configKey } from "../model/config-key.ts";
import type { Entity } from "../model/entity.ts";
import { types } from "../model/types/index.ts";
import { isMachineLocation, type MachineLocation } from "../provider/location.ts";
import { computing, enricher } from "./enricher-type.ts";
import { publish } from "./sensors.ts";

export const NETWORK_SENSORS = configKey("sensors", types.list(types.sensorRef), "The sensors to map; those whose names mapMatching has when unset", { aliases: ["sensor"] });
export const MAP_MATCHING = configKey("mapMatching", types.string, "A pattern of the names of sensors to map", { defaultValue: "(?i).*(port|uri|url|endpoint)" });

/** Where an entity's ports are reached on a network. */
type Network = (machine: MachineLocation, port: number) => { host: string; port: number } | undefined;

const publicly: Network = (machine, port) => machine.mappedPort(port) ?? (machine.isBehindMapping ? undefined : { host: machine.address, port });
const onSubnet: Network = (machine, port) => ({ host: machine.subnetAddress, port });

/** Brooklyn's `OnPublicNetworkEnricher`: `main.uri` → `main.uri.mapped.public`, `http.port` → `http.endpoint.mapped.public`. */
export const onPublicNetworkEnricher = onNetwork("OnPublicNetworkEnricher", "public", "Adds ports and URLs as they are reached from outside", publicly);
/** Brooklyn's `OnSubnetNetworkEnricher`. */
export const onSubnetNetworkEnricher = onNetwork("OnSubnetNetworkEnricher", "subnet", "Adds ports and URLs as the entity's neighbours reach them", onSubnet);

function onNetwork(name: string, suffix: string, description: string, network: Network): AdjunctType {
  return enricher({
    name: `org.apache.brooklyn.core.network.${name}`,
    displayName: name,
    description,
    config: [NETWORK_SENSORS, MAP_MATCHING],
    begin: (settings) => follow(settings, suffix, network),
  });
}

function follow(settings: Settings, suffix: string, network: Network): () => void {
  const { adjunct, owner } = settings;
  const given = settings.get(NETWORK_SENSORS);
  const pattern = patternOf(settings.get(MAP_MATCHING));
  const isMapped = (name: string): boolean => !name.includes(".mapped.") && !name.startsWith("mapped.") && (given === undefined ? pattern.test(name) : given.includes(name));
  const map = (name: string): void => {
    if (isMapped(name)) computing(adjunct, () => publish(owner, targetOf(name, suffix), mapped(owner, owner.sensorValue(name)?.value, network)));
  };
  const mapAll = (): void => [...owner.sensorValues().keys()].forEach(map);
  mapAll();
  return owner.management.events.subscribeEntity(owner.id, (event) => {
    if (event.kind === "sensor" && event.entity === owner) map(event.name);
    // It may be on another machine, or on none.
    if (event.kind === "entity-changed" && event.entity === owner) mapAll();
  });
}

/** Java takes flags at the start of a pattern. */
function patternOf(text: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(text);
  return new RegExp(`^(?:${text.slice(flags?.[0].length ?? 0)})$`, flags?.[1] ?? "");
}

function targetOf(name: string, suffix: string): string {
  return `${name.replace(/(^|\.)port$/, "$1endpoint")}.mapped.${suffix}`;
}

function mapped(owner: Entity, value: unknown, network: Network): string | undefined {
  const machine = owner.locations.find(isMachineLocation);
  if (machine === undefined) return undefined;
  if (typeof value === "number" || (typeof value === "string" && /^\d{1,5}$/.test(value))) return shown(network(machine, Number(value)));
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== "string" || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const port = url.port === "" ? defaultPorts[url.protocol] : Number(url.port);
  const target = port === undefined ? undefined : network(machine, port);
  if (target === undefined) return undefined;
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?)[^/?#]*/i, (_whole, start: string) => start + shown(target));
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

function shown(target: { host: string; port: number } | undefined): string | undefined {
  return target === undefined ? undefined : `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
}
